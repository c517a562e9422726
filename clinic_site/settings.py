"""Settings of the whole project, in one file.

Every value that differs between machines comes from the environment and is parsed strictly: a typo raises an error and
never means "off". `make serve` sets `DEMO=on`; without it this is production, and no default is unsafe there.
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

from clinic_site.demo import LOOPBACK_HOSTS, demo_secret_key, refuse_demo_leftovers
from clinic_site.var_folder import VAR_FOLDER

django_stubs_ext.monkeypatch()  # allows generics like ModelAdmin[Model] in class definitions

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = str(tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"])
env = environ.Env()

# Strict about the characters that separate password, host and name.
DATABASE_ADDRESS = re.compile(
    r"sqlite://(:memory:|/[^?#]+)|postgres(ql)?://([^/?#\[\]]*@)?[^/?#@]*/[^?#@]+(\?[^#@]*)?", re.ASCII
)
NO_ADDRESS = (
    "DATABASE_URL is no address like sqlite:////folder/file or postgres://user:password@host/name. Inside a user "
    "name or a password write / ? # [ ] @ : % as %2F %3F %23 %5B %5D %40 %3A %25."
)


def strict_bool(name: str) -> bool:
    """Return True for `on`, False for `off` or an unset variable. Raises ImproperlyConfigured otherwise."""
    value = str(env.str(name, default="off"))
    if value not in ("on", "off"):
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to on or off.")
    return value == "on"


def required(name: str) -> str:
    """Return the variable's value, which in production must be set."""
    value = str(env.str(name, default=""))
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. Run this with clinic-manage, set it, or start the demo with `make serve`."
        )
    return value


def port(name: str, default: int) -> int:
    """Return a TCP port that a program may listen on."""
    value = env.str(name, default=str(default))
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= 65535):
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to a number from 1 to 65535.")
    return int(value)


def most_a_minute(name: str) -> int:
    """Return how many requests are accepted in a minute. 0 means no limit: for benchmarks and in the demo."""
    value = env.str(name, default="0" if DEMO else "60")
    if not (value.isascii() and value.isdigit() and (DEMO or int(value))):
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to a number from 1.")
    return int(value)


def idle_minutes(name: str) -> int:
    """Return after how many minutes without a page a session ends."""
    value = env.str(name, default="30")
    if not (value.isascii() and value.isdigit() and 5 <= int(value) <= 480):
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to a number from 5 to 480.")
    return int(value)


def refuse_root(user: int, folder: Path) -> None:
    """Raise ImproperlyConfigured if root would leave files that the owner of the folder could not replace."""
    if user == 0 and folder.exists() and folder.stat().st_uid != 0:
        raise ImproperlyConfigured(
            f"Root must not run this, because {folder} belongs to somebody else, who could not change what root leaves "
            "there. Run it as that user, or with clinic-manage."
        )


def checked(url: str) -> str:
    """Return `url` if it is a valid database address. Raises ImproperlyConfigured, which never quotes the address.

    In a malformed address part of a password would count as the host and get into logs.
    """
    if not DATABASE_ADDRESS.fullmatch(url):
        raise ImproperlyConfigured(NO_ADDRESS)
    return url


def email_server(settings: dict[str, Any]) -> dict[str, Any]:
    """Return Django's settings for mail, with our own timeouts for the answers of an SMTP server."""
    smtp = settings["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    return settings | {"EMAIL_BACKEND": SMTP_BACKEND} if smtp else settings


def demo_database() -> str:
    """Return the demo's own file, or DATABASE_URL, which must be on this machine: the demo's sign-ins are there."""
    url = str(env.str("DATABASE_URL", default=f"sqlite:///{VAR_FOLDER / 'demo.sqlite3'}"))
    if urlsplit(checked(url)).hostname not in (None, *LOOPBACK_HOSTS):
        raise ImproperlyConfigured("DATABASE_URL is on another machine, and the demo is for this one. Unset it.")
    return url


SMTP_BACKEND = "clinic_site.mail.smtp_backend.EmailBackend"
EMAIL_TIMEOUT = 30  # seconds for the connection, and for each answer before the mail itself: see smtp_backend.py

DEMO = strict_bool("DEMO")
DEBUG = False
HOST = env.str("HOST", default="127.0.0.1")
PORT = port("PORT", default=8000)
REQUESTS_A_MINUTE = most_a_minute("REQUESTS_A_MINUTE")

# SITE_URL is the public address, used in canonical links, the feed and e-mails.
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
    SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
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
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "crispy_forms",
    "clinic_site.accounts.apps.AccountsConfig",  # after those whose pages in the admin it takes out or replaces
]

# Only the admin uses session, authentication and messages: public views never touch them, so readers get no cookie.
MIDDLEWARE = [
    "clinic_site.http.security_headers.SecurityHeadersMiddleware",
    # The first three come first, so that responses of the other middleware get their headers.
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "clinic_site.http.request_limits.RequestLimitsMiddleware",
    "clinic_site.database.sqlite_queue.ReadersDoNotWaitMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "clinic_site.accounts.middleware.StaffOnlyMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "clinic_site.http.unsaved_posts.UnsavedPostsMiddleware",
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
                "clinic_site.accounts.context_processors.desk_frame",
            ],
        },
    }
]

# One SQLite file needs WAL for readers beside the writer, FULL so that a confirmed request survives a power cut, and
# IMMEDIATE so that two writers queue instead of failing halfway through. secure_delete overwrites erased data.
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 10,  # seconds for a writer: see database/sqlite_queue.py for how long the others wait
    "init_command": "".join(f"PRAGMA {pragma};" for pragma in PRAGMAS),
}

# One connection for each thread of a process: web_process.BLOCKING_THREADS (16), the folder watcher, and the one that
# renders stale pages. So no thread waits for a connection. PostgreSQL allows 100 by default,
# enough for five such processes; an idle pool shrinks to min_size. Health checks test each connection before use, and
# replace those that a restart of the database has cut.
POSTGRESQL_POOL = {
    "min_size": 1,
    "max_size": 18,
    "timeout": 5,  # seconds a thread waits for a connection before the page fails
    "reconnect_timeout": 10,  # seconds: longer than `timeout`, so that the pool retries while a thread waits
}
POSTGRESQL_OPTIONS = {"pool": POSTGRESQL_POOL, "connect_timeout": 3}  # seconds: an unreachable host never answers


def database(url: str) -> dict[str, Any]:
    """Return Django's settings for the database at `url`, with the options in its query string (`?sslmode=require`)."""
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
    """Close all connections before a fork: two processes must not share one, and a pool needs its threads."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        if hasattr(connection, "close_pool"):  # PostgreSQL's
            connection.close_pool()


os.register_at_fork(before=close_connections)  # `serve` migrates before it forks the process that answers
DATABASES = {"default": database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "clinic_site.accounts.passwords.NamesValidator"},
    {"NAME": "clinic_site.accounts.passwords.NewValidator"},
]

CSRF_FAILURE_VIEW = "clinic_site.accounts.sessions.csrf_failure"

# The admin's pages: Django's default addresses do not exist here.
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"

# Signing in: see accounts/. Nobody signs up, and no mail opens an account.
ACCOUNT_ADAPTER = "clinic_site.accounts.adapter.StaffAccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {"login": "clinic_site.accounts.forms.SignInForm"}
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_REAUTHENTICATION_METHODS = ["password", "mfa"]
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/15m/key",  # the key is the name that was typed, or the person of a second factor
    "passkey_challenge": "30/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/15m/user",
}
# Second factors: an authenticator app or passkeys, and codes for the day on which neither is at hand.
SECOND_FACTOR_REQUIRED = not DEMO or strict_bool("SECOND_FACTOR")  # the demo has the same pages and forces nobody
MFA_ADAPTER = "clinic_site.accounts.adapter.StaffMFAAdapter"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody's address is verified: mail opens nothing
MFA_FORMS = {"add_webauthn": "clinic_site.accounts.forms.AddPasskeyForm"}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Clinic desk"
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds: phones' clocks differ
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO  # http://localhost
ALLAUTH_RATE_LIMIT_IPV6_PREFIX = 64  # bits: whoever has one IPv6 address has the whole network

# Counts for these limits, shared by all processes and machines. allauth uses the alias "default"; nothing else does.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "sign_in_limits",  # a table, made by a migration of accounts
        "KEY_FUNCTION": "clinic_site.accounts.cache_keys.digest",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"  # storage only; pages use the time zone in content/clinic.yaml
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_FOLDER / "static"
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # no page names the others, and to compress them takes as long again
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "clinic_site.delivery.static_storage.StaticStorage"},
}

CRISPY_ALLOWED_TEMPLATE_PACKS = ("clinic",)
CRISPY_TEMPLATE_PACK = "clinic"

# HTTPS except in the demo, which listens on loopback only.
SECURE_SSL_REDIRECT = not DEMO
SECURE_SSL_HOST = urlsplit(SITE_URL).netloc  # the port of the http request does not answer https
SECURE_HSTS_SECONDS = 0 if DEMO else 31_536_000  # seconds: one year
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEMO
SECURE_HSTS_PRELOAD = not DEMO
SECURE_REFERRER_POLICY = "same-origin"
COOKIE_PREFIX = "" if DEMO else "__Host-"  # browsers let no other host set such a cookie, such as blog.clinic.example
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
SESSION_COOKIE_SECURE = not DEMO
CSRF_COOKIE_SECURE = not DEMO
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * idle_minutes("SESSION_IDLE_MINUTES")  # seconds after the last page; see accounts/sessions.py
SESSION_LONGEST = 12 * 3600  # seconds after signing in
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
X_FRAME_OPTIONS = "DENY"
DISK_IS_ENCRYPTED = strict_bool("DISK_IS_ENCRYPTED")  # by whoever runs the machine; doctor sees LUKS by itself

if strict_bool("BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1  # X-Forwarded-For counts, as far as this one proxy wrote it

SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # probes come from inside, over plain HTTP

# Enough for a whole article; request_limits.py enforces lower limits for other forms.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024 // 4  # bytes
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300

# Logs show the fault and the path, never what a patient typed: see logs.py.
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
        "django.request": {"level": "ERROR"},  # a 404 needs no log line, and its path may contain a token
        "psycopg.pool": {"level": "WARNING"},  # growing and shrinking of the pool needs no log line
    },
}
