"""Settings of the whole project, in one file.

Every value that differs between machines comes from the environment and is parsed strictly: a typo raises, it never
quietly means "off". `DEMO=on` is what `make serve` sets; without it this is production and nothing has a default that
would be unsafe there.
"""

import os
import re
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
import environ
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from clinic_site.demo import LOOPBACK_HOSTS, VAR_FOLDER, demo_secret_key, refuse_demo_leftovers

django_stubs_ext.monkeypatch()  # lets ModelAdmin[Model] and its like stand in class definitions

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = str(tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"])
env = environ.Env()

# The parts of a database's address that decide where it ends and which part is the password.
DATABASE_ADDRESS = re.compile(
    r"sqlite://(:memory:|/[^?#]+)|postgres(ql)?://([^/?#\[\]]*@)?[^/?#@]*/[^?#@]+(\?[^#@]*)?", re.ASCII
)
NO_ADDRESS = (
    "DATABASE_URL is no address like sqlite:////folder/file or postgres://user:password@host/name. Inside a user "
    "name or a password write / ? # [ ] @ : % as %2F %3F %23 %5B %5D %40 %3A %25."
)


def strict_bool(name: str) -> bool:
    """True for `on`, False for `off` or when unset; anything else is refused."""
    value = str(env.str(name, default="off"))
    if value not in ("on", "off"):
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to on or off.")
    return value == "on"


def required(name: str) -> str:
    """The variable's value, which in production must be set."""
    value = str(env.str(name, default=""))
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. Run this with clinic-manage, set it, or start the demo with `make serve`."
        )
    return value


def port(name: str, default: int) -> int:
    """A TCP port that a program may listen on."""
    value = env.str(name, default=str(default))
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= 65535):
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to a number from 1 to 65535.")
    return int(value)


def most_a_minute(name: str) -> int:
    """How many requests are taken in a minute; 0: any number, which is for measuring, and the demo's default."""
    value = env.str(name, default="0" if DEMO else "60")
    if not (value.isascii() and value.isdigit() and (DEMO or int(value))):
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to a number from 1.")
    return int(value)


def refuse_root(user: int, folder: Path) -> None:
    """Raises ImproperlyConfigured where root would leave files in a folder whose owner could not replace them."""
    if user == 0 and folder.exists() and folder.stat().st_uid != 0:
        raise ImproperlyConfigured(
            f"Root must not run this, because {folder} belongs to somebody else, who could not change what root leaves "
            "there. Run it as that user, or with clinic-manage."
        )


def checked(url: str) -> str:
    """The database's address, where it can be read as one. Raises ImproperlyConfigured, which never quotes it: read
    in a wrong way, part of a password would pass for the host, and stand in logs."""
    if not DATABASE_ADDRESS.fullmatch(url):
        raise ImproperlyConfigured(NO_ADDRESS)
    return url


def email_server(settings: dict[str, Any]) -> dict[str, Any]:
    """Django's settings for mail, with our own waits for the answers of an SMTP server."""
    smtp = settings["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    return settings | {"EMAIL_BACKEND": SMTP_BACKEND} if smtp else settings


def demo_database() -> str:
    """The demo's own file, or what DATABASE_URL names, which must be on this machine: the demo's sign-ins go there."""
    url = str(env.str("DATABASE_URL", default=f"sqlite:///{VAR_FOLDER / 'demo.sqlite3'}"))
    if urlsplit(checked(url)).hostname not in (None, *LOOPBACK_HOSTS):
        raise ImproperlyConfigured("DATABASE_URL is on another machine, and the demo is for this one. Unset it.")
    return url


SMTP_BACKEND = "clinic_site.smtp_backend.EmailBackend"
EMAIL_TIMEOUT = 30  # seconds for the connection, and for each answer before the mail itself: see smtp_backend.py

DEMO = strict_bool("DEMO")
DEBUG = False
HOST = env.str("HOST", default="127.0.0.1")
PORT = port("PORT", default=8000)
REQUESTS_A_MINUTE = most_a_minute("REQUESTS_A_MINUTE")

# Where the site lives for readers: canonical addresses, the feed and e-mails are made from it.
if DEMO:
    SECRET_KEY = demo_secret_key()
    ALLOWED_HOSTS = [*LOOPBACK_HOSTS, HOST]
    SITE_URL = f"http://[{HOST}]:{PORT}" if ":" in HOST else f"http://{HOST}:{PORT}"
    DATABASE_URL = demo_database()
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_FOLDER / "mail"
    DEFAULT_FROM_EMAIL = "desk@clinic.example"
else:
    refuse_root(os.geteuid(), VAR_FOLDER)
    SECRET_KEY = required("SECRET_KEY")
    ALLOWED_HOSTS = [host.strip() for host in required("ALLOWED_HOSTS").split(",")]
    SITE_URL = required("SITE_URL").rstrip("/")
    DATABASE_URL = required("DATABASE_URL")
    DEFAULT_FROM_EMAIL = required("DEFAULT_FROM_EMAIL")
    vars().update(email_server(env.email_url("EMAIL_URL")))
    refuse_demo_leftovers(SECRET_KEY, DATABASE_URL)

CONTENT_DIR = BASE_DIR / env.str("CONTENT_DIR", default="content")

INSTALLED_APPS = [
    "clinic_site.apps.ClinicSiteConfig",
    "articles.apps.ArticlesConfig",
    "appointments.apps.AppointmentsConfig",
    "clinic_site.apps.DeskAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "crispy_forms",
]

# Session, authentication and messages serve the admin alone: public views never touch them, so readers get no cookie.
MIDDLEWARE = [
    "clinic_site.security_headers.SecurityHeadersMiddleware",
    # What the next ones answer by themselves carries these three's headers, too.
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "clinic_site.request_limits.RequestLimitsMiddleware",
    "clinic_site.one_writer.ReadersDoNotWaitMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "clinic_site.unsaved_posts.UnsavedPostsMiddleware",
]

ROOT_URLCONF = "clinic_site.urls"
WSGI_APPLICATION = "clinic_site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clinic_site.context_processors.clinic_facts",
            ],
        },
    }
]

# One SQLite file needs WAL for readers beside the writer, FULL so that a confirmed request survives a power cut, and
# IMMEDIATE so that two writers queue instead of failing halfway through. With secure_delete what is erased is gone.
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 10,  # seconds for a writer: see one_writer.py for how long the others wait
    "init_command": "".join(f"PRAGMA {pragma};" for pragma in PRAGMAS),
}

# A process lends its connections to its threads: to the 16 of serve.BLOCKING_THREADS, to the lookout, and to the one
# that makes pages anew. So nobody who has a thread waits for a connection. PostgreSQL allows 100 by default,
# enough for five such processes; idle ones go back to min_size.
# Health checks try each connection before it is lent, so those that a restart of the database cut are replaced.
POSTGRESQL_POOL = {
    "min_size": 1,
    "max_size": 18,
    "timeout": 5,  # seconds a thread waits for a connection before the page fails
    "reconnect_timeout": 10,  # seconds: longer than `timeout`, so that while somebody waits, it is tried again
}
POSTGRESQL_OPTIONS = {"pool": POSTGRESQL_POOL, "connect_timeout": 3}  # seconds: a host that is gone gives no answer


def database(url: str) -> dict[str, Any]:
    """Django's settings for the database at `url`; what its query string says (`?sslmode=require`) goes along."""
    try:
        settings: dict[str, Any] = env.db_url_config(checked(url))
    except ValueError:  # of a port
        raise ImproperlyConfigured(NO_ADDRESS) from None
    if settings["ENGINE"] == "django.db.backends.sqlite3":
        settings["OPTIONS"] = SQLITE_OPTIONS
    if settings["ENGINE"] == "django.db.backends.postgresql":
        settings["OPTIONS"] = POSTGRESQL_OPTIONS | settings.get("OPTIONS", {})
        settings["CONN_HEALTH_CHECKS"] = True
    return settings


def close_connections() -> None:
    """Before a fork: two processes must not share a connection, and the new one has no threads to tend a pool."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        if hasattr(connection, "close_pool"):  # PostgreSQL's
            connection.close_pool()


os.register_at_fork(before=close_connections)  # `serve` migrates before it forks the process that answers
DATABASES = {"default": database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# Where sign-in is, and where it leads without a page to go back to. Django's own addresses are not there.
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"  # storage; pages speak in the clinic's time zone, which stands in content/clinic.yaml
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_FOLDER / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

CRISPY_ALLOWED_TEMPLATE_PACKS = ("clinic",)
CRISPY_TEMPLATE_PACK = "clinic"

# HTTPS everywhere but in the demo, which answers on loopback only.
SECURE_SSL_REDIRECT = not DEMO
SECURE_SSL_HOST = urlsplit(SITE_URL).netloc  # no https is on the port that was asked by http
SECURE_HSTS_SECONDS = 0 if DEMO else 31_536_000  # seconds: one year
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEMO
SECURE_HSTS_PRELOAD = not DEMO
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = not DEMO
CSRF_COOKIE_SECURE = not DEMO
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 8 * 3600  # seconds: a working day at the desk
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
X_FRAME_OPTIONS = "DENY"
if strict_bool("BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # probes come from inside, over plain HTTP

# The text of a whole article; request_limits.py holds every other form to less before it is read.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024 // 4  # bytes
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300

# Logs name the fault and the path, never what a patient typed: see logs.py.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "class": "clinic_site.logs.PrivateFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "django.request": {"level": "ERROR"},  # a reader's wrong address is no news, and may hold a token
        "psycopg.pool": {"level": "WARNING"},  # a pool that grows and shrinks is no news
    },
}
