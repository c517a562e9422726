"""The project's settings in demo mode, with fast password hashing, the tests' own content and a folder of their own."""

import atexit
import os
import shutil
import tempfile

os.environ.pop("DATABASE_URL", None)  # a real database, which is not for tests
os.environ["DEMO"] = "on"
os.environ["VAR_FOLDER"] = tempfile.mkdtemp(prefix="clinic-tests-")

from clinic_site.settings import *  # noqa: F403
from clinic_site.settings import BASE_DIR, DATABASES, STATIC_ROOT, STORAGES, database

# Run the tests on another database, such as the one that tests/postgres.py makes.
if url := os.environ.get("TEST_DATABASE_URL"):
    DATABASES = {"default": database(url)}
CONTENT_DIR = BASE_DIR / "tests" / "content"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
STATIC_ROOT.mkdir()
atexit.register(shutil.rmtree, os.environ["VAR_FOLDER"], ignore_errors=True)
