"""The site's settings and tables behind a single view, with no middleware but what an app does not load without."""

from clinic_site.settings import *  # noqa: F403
from clinic_site.settings import MIDDLEWARE

ROOT_URLCONF = "tests.bench.bare"
MIDDLEWARE = [name for name in MIDDLEWARE if name.startswith("allauth.")]
