"""The footer of the staff pages, and the changelog."""

import tomllib

from django.test import Client

from tests.conftest import Cast
from tests.serving import ROOT


def test_staff_alone_see_the_version_in_the_footer(sign_in: Cast) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    shown = f"Version {version}"
    assert shown in sign_in("front desk").get("/admin/").content.decode()
    for path in ("/about/", "/admin/login/"):
        assert shown not in Client().get(path).content.decode()


def test_the_newest_changelog_entry_is_the_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    headings = [line for line in (ROOT / "CHANGELOG.md").read_text().splitlines() if line.startswith("## ")]
    assert headings[0].startswith(f"## {version} (")
