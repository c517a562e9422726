"""What every template may use: the clinic's facts and the site's own address. Nothing about the reader."""

from django.conf import settings
from django.http import HttpRequest

from clinic_site.clinic import Clinic
from clinic_site.clinic_file import get_clinic


def clinic_facts(request: HttpRequest) -> dict[str, Clinic | str]:
    return {
        "clinic": get_clinic(),
        "site_url": settings.SITE_URL,
        "canonical": settings.SITE_URL + request.path,
    }
