"""What the desk says on a voicemail: the one source for the desk and for the patient who asks beforehand."""

from clinic_site.clinic import Clinic

CALLER = "[first name of the caller]"  # the desk's, never the patient's


def voicemail(clinic: Clinic, office_slug: str) -> str:
    """Return the words: a name and a phone number, as the patient's consent says, and nothing about the clinic."""
    office = clinic.office(office_slug)
    numbers = " or ".join(called.phone_shown for called in ((office,) if office else clinic.offices))
    return f"This is {CALLER}. You can call me back at {numbers}."
