"""What a patient sent, checked and typed: the form makes it, workflow.submit() stores it."""

import json
from dataclasses import dataclass

from django.utils.crypto import salted_hmac

from appointments.choices import OthersMay


@dataclass(frozen=True)
class Answers:
    nonce: str  # of the form token: which showing of the form this came from
    name: str
    phone_typed: str = ""
    phone: str = ""  # E.164
    phone_extension: str = ""
    email: str = ""
    contact_way: str = ""
    best_times: tuple[str, ...] = ()
    voicemail: bool = False
    others_may: str = OthersMay.NOTHING.value
    texts: bool = False
    office: str = ""
    interpreter: str = ""
    access: tuple[str, ...] = ()
    access_note: str = ""
    reason: str = ""
    for_whom: str = ""
    note: str = ""
    article: str = ""
    not_emergency: bool = True  # ticked; nobody whose note speaks of a crisis has to
    crisis_seen: bool = False  # the note spoke of a crisis when the form came back, whatever it says now
    trapped: bool = False  # something filled the field that people never see

    def idempotency_key(self) -> str:
        """The same for the same answers from the same showing of the form, so a double press is one request.

        A corrected answer gives another key: nothing that was typed is dropped. Keyed with the site's secret,
        so what is stored tells nothing about the answers.
        """
        answers = json.dumps(vars(self), sort_keys=True)
        return salted_hmac("appointments.answers", answers, algorithm="sha256").hexdigest()
