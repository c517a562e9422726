"""How much is taken: of one showing of the form, and of everybody in a minute. Both are read from what is stored.

No address of a sender is kept or looked at. docs/decisions/0011 says why, and what that costs.
"""

import logging

from django.conf import settings

from appointments.before_storing import Known, form_places

logger = logging.getLogger(__name__)


class NotTaken(Exception):  # noqa: N818 (reads as what happened)
    """The request was not stored. `sentence` says why and how to go on, to the patient."""

    sentence: str


class FormUsedUp(NotTaken):
    """MOST_OF_A_FORM different requests from one showing of the form are stored."""

    sentence = (
        "We have this form three times already, each time with other answers, and took no more. "
        "Call us to change something. To ask for someone else, open a new form."
    )


class TooMany(NotTaken):
    """More requests arrive than the clinic could ever answer."""

    sentence = "More requests reach us at this moment than we can take. Call us, or press the button again in a minute."


def free_place(nonce: str, known: Known) -> str:
    """One that no request of this showing of the form occupies. Raises FormUsedUp."""
    taken = {each.place for each in known.of_form.values()}
    for place in form_places(nonce):
        if place not in taken:
            return place
    raise FormUsedUp


def refuse_a_flood(known: Known) -> None:
    """Raises TooMany where `settings.REQUESTS_A_MINUTE` arrived in the last minute.

    What the trap catches is counted apart, so that a clumsy robot takes nobody's place. On PostgreSQL a few more get in
    where many come at the same moment.
    """
    most = settings.REQUESTS_A_MINUTE
    if most and known.arrived >= most:
        logger.warning("%d requests arrived within a minute: one more was not taken.", known.arrived)
        raise TooMany
