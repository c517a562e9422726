"""The four ticks of “How may we reach you?”, and what a request stores for them.

| ticked            | stored                                                                        |
|-------------------|-------------------------------------------------------------------------------|
| call alone        | contact_way “phone”                                                           |
| call and others   | contact_way empty: no preference                                              |
| no call           | contact_way “no_calls”: nobody rings, whatever else is ticked                 |
| voicemail         | voicemail, if calls are allowed: leaving one makes the telephone ring         |
| texts             | texts                                                                         |
| no e-mail         | no address: nobody may write to an address that is not stored                 |
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from appointments.choices import ContactWay

TICK_ONE = "Tick at least one way in which we may reach you"
TICK_CALL_TOO = "Tick “Call me”, too, or another way: we can leave a voicemail only if we may call you"
REACH = "Enter a phone number or an e-mail address"
NUMBER_TO_CALL = "Enter a phone number so that we can call you"
NUMBER_FOR_VOICEMAIL = "Enter a phone number so that we can leave a voicemail"
NUMBER_TO_TEXT = "Enter a phone number so that we can text you"
ADDRESS_TO_WRITE = "Enter an e-mail address so that we can write to you"


@dataclass(frozen=True)
class Ways:
    """What is ticked."""

    call: bool
    voicemail: bool
    texts: bool
    mail: bool

    @classmethod
    def ticked(cls, cleaned: Mapping[str, Any]) -> "Ways":
        return cls(*(bool(cleaned.get(name)) for name in ("call", "voicemail", "texts", "mail")))

    @property
    def contact_way(self) -> str:
        if not self.call:
            return ContactWay.NO_CALLS.value
        return "" if self.texts or self.mail else ContactWay.PHONE.value

    @property
    def may_leave_voicemail(self) -> bool:
        return self.call and self.voicemail

    @property
    def reach_nobody(self) -> bool:
        """Whether no way is left. A voicemail alone is none: the telephone would ring against the patient's wish."""
        return not (self.call or self.texts or self.mail)


def missing_ways(ways: Ways, *, has_phone: bool, has_email: bool) -> Iterator[tuple[str, str]]:
    """Yield (field, message) where nothing is ticked, or where a tick needs a number or an address that is missing.

    “Call me” and “E-mail me” are ticked from the start. So a number alone, or an address alone, is enough as long as
    the tick that fits the answer is there; whoever ticks more has to give a number.
    """
    if ways.reach_nobody:
        yield "call", TICK_CALL_TOO if ways.voicemail else TICK_ONE
    if not has_phone and not has_email and (ways.reach_nobody or (ways.call and ways.mail)):
        yield "phone", REACH
    elif not has_phone and (message := _needs_number(ways, has_email=has_email)):
        yield "phone", message
    elif not has_email and ways.mail and not ways.call and not ways.texts:
        yield "email", ADDRESS_TO_WRITE


def _needs_number(ways: Ways, *, has_email: bool) -> str:
    """Return why the number is missing; "" if an e-mail is enough."""
    if ways.texts:
        return NUMBER_TO_TEXT
    if ways.may_leave_voicemail:
        return NUMBER_FOR_VOICEMAIL
    return NUMBER_TO_CALL if ways.call and not (ways.mail and has_email) else ""
