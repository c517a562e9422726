"""Files that demo mode creates in var/ on its first run, and the refusal to use them in production."""

import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from clinic_site.atomic_files import whole_file
from clinic_site.database.group_permissions import FRONT_DESK, STAFF_EDITORS
from clinic_site.var_folder import VAR_FOLDER

LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
SECRET_KEY_FILE = VAR_FOLDER / "secret_key"
SIGN_INS_FILE = VAR_FOLDER / "demo-sign-ins"
DEMO_USERS = {"demo-desk": FRONT_DESK, "demo-editor": STAFF_EDITORS}  # user name: group
KEY_BYTES = 50
PASSWORD_BYTES = 12


def demo_secret_key() -> str:
    """Return the demo's own secret key, created on the first run."""
    if not SECRET_KEY_FILE.exists():
        write_private(SECRET_KEY_FILE, secrets.token_urlsafe(KEY_BYTES))
    return SECRET_KEY_FILE.read_text()


def demo_passwords() -> dict[str, str]:
    """Return user name -> password of the demo's sign-ins, created on the first run."""
    if not SIGN_INS_FILE.exists():
        lines = [f"{user} {secrets.token_urlsafe(PASSWORD_BYTES)}" for user in DEMO_USERS]
        write_private(SIGN_INS_FILE, "\n".join(lines))
    return dict(line.split(" ") for line in SIGN_INS_FILE.read_text().splitlines())


def write_private(path: Path, text: str) -> None:
    """Write `text` to a file that only its owner can read, whole or not at all."""
    with whole_file(path) as file:
        file.write(text.encode())


def refuse_demo_leftovers(secret_key: str, database_url: str) -> None:
    """Raise ImproperlyConfigured if production would use the demo's key or database."""
    if SECRET_KEY_FILE.exists() and secret_key == SECRET_KEY_FILE.read_text():
        raise ImproperlyConfigured("SECRET_KEY is the demo's own. Make a new one for production.")
    if database_url.endswith("/demo.sqlite3"):
        raise ImproperlyConfigured("DATABASE_URL is the demo's database. Give production its own.")
