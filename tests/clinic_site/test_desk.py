"""What is on every page of the staff."""

import tomllib

from django.test import Client

from tests.conftest import Cast
from tests.serving import ROOT


def test_staff_see_the_version_at_the_foot_of_their_pages_and_nobody_else_does(sign_in: Cast) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    shown = f"Version {version}"
    assert shown in sign_in("front desk").get("/admin/").content.decode()
    for path in ("/about/", "/admin/login/"):
        assert shown not in Client().get(path).content.decode()


def test_the_newest_changes_are_those_of_the_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    headings = [line for line in (ROOT / "CHANGELOG.md").read_text().splitlines() if line.startswith("## ")]
    assert headings[0].startswith(f"## {version} (")
