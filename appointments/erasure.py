"""What is left of a request when a person asks to be erased, or when nobody needs it any more."""

from typing import Any

from appointments.choices import OthersMay

# That there was one, for which office, when, and how it ended. All else is as if nothing had been answered.
ERASED_ANSWERS: dict[str, Any] = {
    **dict.fromkeys(("name", "name_key", "phone_typed", "phone", "phone_extension", "email", "email_key"), ""),
    **dict.fromkeys(("contact_way", "interpreter", "access_note", "reason", "for_whom", "note", "article"), ""),
    "best_times": [],
    "access": [],
    "consents": [],
    "voicemail": False,
    "others_may": OthersMay.NOTHING,
    "texts": False,
    "crisis": False,
}
