"""Context for every template: the clinic's facts and the site's address, nothing about the reader."""

from django.conf import settings
from django.http import HttpRequest

from clinic_site.clinic import Clinic
from clinic_site.clinic_yaml import get_clinic


def clinic_facts(request: HttpRequest) -> dict[str, Clinic | str]:
    return {
        "clinic": get_clinic(),
        "site_url": settings.SITE_URL,
        "canonical": settings.SITE_URL + request.path,
    }
