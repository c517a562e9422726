"""Helpers for tests of reviews: an article that breaks no rule, and a reviewer."""

import shutil
from pathlib import Path

from django.contrib.auth.models import User

from articles.editing.review import sign_off
from articles.editing.review.sign_off import Clinician, Reading
from articles.library import load_library
from articles.models import ReviewerProfile
from articles.rendering.signed_text import valid_signature
from tests.articles.rules.judged import WHOLE
from tests.conftest import MONDAY_MORNING
from tests.shipped import REAL_CONTENT

NOW = MONDAY_MORNING
SLUG = "sore-backs"
PATH = f"articles/{SLUG}.md"
SLIP, MENDED = "Some doctors try it for pain.", "Some doctors try it for pains."
ROSA = Clinician("reviewer", "Rosa Name", "MD, pain medicine", "FL")


def make_desk(folder: Path) -> Path:
    """Create a content folder with the shared files and rules of the site and one article."""
    root = folder / "content"
    shutil.copytree(REAL_CONTENT, root, ignore=shutil.ignore_patterns(".*"))
    for file in (root / "articles").iterdir():
        file.unlink()
    (root / PATH).write_text(WHOLE)
    return root


def make_profile(username: str = "reviewer", **overrides: str) -> ReviewerProfile:
    """Give the user the profile ROSA, which allows signing."""
    user = User.objects.get(username=username)
    user.first_name, user.last_name = "Rosa", "Name"
    user.save()
    fields = {"credentials": ROSA.credentials, "license_state": ROSA.license_state, **overrides}
    return ReviewerProfile.objects.create(user=user, **fields)


def reading(path: str = PATH) -> Reading:
    """Return the newest text as opened by a reviewer."""
    found = sign_off.read(path, NOW)
    assert found is not None
    return found


def signed_by(root: Path, slug: str = SLUG) -> str:
    """Return the reviewer's name on the published page; "" if no clinician has checked its text."""
    reviewer = valid_signature(load_library(root).articles[slug])
    return reviewer.name if reviewer else ""
