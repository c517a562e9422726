"""An article that breaks no rule, in a content folder of its own, and those who review it."""

import shutil
from pathlib import Path

from django.contrib.auth.models import User

from articles.editing import sign_off
from articles.editing.sign_off import Clinician, Reading
from articles.library import load_library
from articles.models import ReviewerProfile
from tests.articles.rules.judged import WHOLE
from tests.conftest import MONDAY_MORNING, REAL_CONTENT

NOW = MONDAY_MORNING
SLUG = "sore-backs"
PATH = f"articles/{SLUG}.md"
SLIP, MENDED = "Some doctors try it for pain.", "Some doctors try it for pains."
ROSA = Clinician("reviewer", "Rosa Name", "MD, pain medicine", "FL")


def make_desk(folder: Path) -> Path:
    """A content folder with the site's shared files and rules, and that one article."""
    root = folder / "content"
    shutil.copytree(REAL_CONTENT, root, ignore=shutil.ignore_patterns(".*"))
    for file in (root / "articles").iterdir():
        file.unlink()
    (root / PATH).write_text(WHOLE)
    return root


def make_profile(username: str = "reviewer", **overrides: str) -> ReviewerProfile:
    """That user becomes a clinician who may sign, as ROSA."""
    user = User.objects.get(username=username)
    user.first_name, user.last_name = "Rosa", "Name"
    user.save()
    fields = {"credentials": ROSA.credentials, "license_state": ROSA.license_state, **overrides}
    return ReviewerProfile.objects.create(user=user, **fields)


def reading(path: str = PATH) -> Reading:
    """The newest text, as a reviewer opens it."""
    found = sign_off.read(path, NOW)
    assert found is not None
    return found


def signed_by(root: Path, slug: str = SLUG) -> str:
    """The name that the page on the site shows; "" while no clinician has checked its text."""
    reviewer = load_library(root).articles[slug].reviewer
    return reviewer.name if reviewer else ""
