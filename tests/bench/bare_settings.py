"""The site's settings and tables behind a single view, without middleware."""

from clinic_site.settings import *  # noqa: F403
from clinic_site.settings import MIDDLEWARE

ROOT_URLCONF = "tests.bench.bare"
MIDDLEWARE = MIDDLEWARE[:0]
