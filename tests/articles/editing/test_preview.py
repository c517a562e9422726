"""Preview links: the real page of a draft for a week, for holders of the link only."""

import datetime as dt
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core.signing import Signer
from django.test import Client
from pytest_django import Settings

from articles.editing.preview import LIFE, LinkAltered, LinkOver, make_link, read_link
from articles.editing.revisions import store
from articles.editing.revisions.store import Edit
from articles.library import load_library
from tests.conftest import MONDAY_MORNING
from tests.content_builders import make_article, make_content, make_signed

NOW = MONDAY_MORNING
SECOND = dt.timedelta(seconds=1)
WALK = "articles/walk.md"
DRAFT = make_article("## A walk\n\nIt may help [@walking2020].\n", status="draft", sources=["walking2020"])


def token_of(address: str) -> str:
    return urlsplit(address).path.split("/")[2]


class TestLinks:
    def test_a_link_is_an_absolute_url_valid_for_a_week(self) -> None:
        address = make_link(WALK, NOW)
        assert address.startswith("http://127.0.0.1:8000/preview/")
        assert read_link(token_of(address), NOW) == (WALK, NOW + LIFE)

    def test_a_link_expires_to_the_second(self) -> None:
        token = token_of(make_link(WALK, NOW))
        assert read_link(token, NOW + LIFE - SECOND) == (WALK, NOW + LIFE)
        with pytest.raises(LinkOver):
            read_link(token, NOW + LIFE)

    def test_an_altered_link_is_refused(self) -> None:
        token = token_of(make_link(WALK, NOW))
        for altered in (token.swapcase(), token[:-1], f"x{token}", token.replace(":", ""), "é", ""):
            with pytest.raises(LinkAltered):
                read_link(altered, NOW)

    def test_a_signature_for_another_purpose_opens_no_draft(self) -> None:
        other = Signer(salt="appointments.form_tokens").sign_object([WALK, int((NOW + LIFE).timestamp())])
        with pytest.raises(LinkAltered):
            read_link(other, NOW)


@pytest.fixture
def root(settings: Settings, tmp_path: Path) -> Path:
    """A content folder with one draft."""
    settings.CONTENT_DIR = make_content(tmp_path, walk=DRAFT, other=make_article())
    return Path(settings.CONTENT_DIR)


def opened(client: Client, now: dt.datetime = NOW, path: str = WALK, status: int = 200) -> str:
    """Return what a link made at NOW shows at `now`."""
    address = urlsplit(make_link(path, NOW)).path
    with time_machine.travel(now, tick=False):
        answer = client.get(address)
    assert answer.status_code == status
    assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("no-store", "noindex")
    assert answer["Referrer-Policy"] == "strict-origin"
    assert answer.cookies == {}
    text = answer.content.decode()
    assert '<meta name="robots" content="noindex">' in text
    return text.replace("\u00a0", " ")


def save_draft(text: str) -> None:
    """Store `text` as a draft, without writing a file."""
    base = store.newest(WALK)
    store.save_draft_beside(Edit(WALK, text, "erin", base.number if base else 0), NOW)


@pytest.mark.django_db
@pytest.mark.usefixtures("root")
class TestPage:
    def test_the_preview_shows_the_real_page_and_its_expiry(self, client: Client) -> None:
        text = opened(client)
        assert "This is a draft for you to check. It is not on the site." in text
        assert "The link works until Monday, November 30, 10 a.m., for anyone who has it." in text
        assert text.index("This is a draft") < text.index("<h1>Walking with a sore back</h1>")
        assert "A clinician has not yet checked this page." in text
        assert "It may help" in text
        assert 'id="source-1"' in text
        assert "Related articles" in text
        assert client.get("/articles/walk/").status_code == 404

    def test_the_preview_shows_a_newer_draft(self, client: Client) -> None:
        save_draft(DRAFT.replace("It may help", "It might help"))
        assert "It might help" in opened(client)

    def test_the_preview_counts_nothing_and_does_not_show_its_address(self, client: Client) -> None:
        text = opened(client)
        assert "from=walk" not in text
        assert "/feedback/" not in text
        assert "<form" not in text
        assert token_of(make_link(WALK, NOW)) not in text
        assert not re.search("canonical|ld\\+json|og:", text)

    def test_a_published_article_is_described_as_such(self, client: Client) -> None:
        text = opened(client, path="articles/other.md")
        assert "This is the page for you to check, as it is on the site." in text
        assert "It is not on the site" not in text

    def test_a_draft_of_a_published_page_is_described_as_such(self, client: Client, root: Path) -> None:
        published = DRAFT.replace("status: draft", "status: published")
        (root / WALK).write_text(published)
        save_draft(published.replace("It may help", "It might help"))
        assert "It is not on the site." in opened(client)

    def test_news_about_a_source_is_shown_as_on_the_site(self, client: Client, root: Path) -> None:
        make_signed(root, "walk")
        (root / "watch.yaml").write_text(
            "events:\n  - {event: A new trial, date: 2026-11-20, sources: [walking2020], cleared: false}\n"
        )
        text = opened(client)
        assert "New information about a source of this page came out on November 20, 2026." in text
        assert "Checked by R. Name" not in text

    def test_an_invalid_draft_names_whom_to_contact(self, client: Client) -> None:
        save_draft("---\ntitle: [\n---\n")
        text = opened(client)
        assert "This draft cannot be shown at the moment" in text
        assert "It works until Monday, November 30, 10 a.m., for anyone who has it." in text

    def test_the_preview_is_read_only(self, client: Client) -> None:
        assert client.post(urlsplit(make_link(WALK, NOW)).path).status_code == 405


@pytest.mark.django_db
@pytest.mark.usefixtures("root")
class TestLinksThatLeadNowhere:
    def test_an_expired_link_explains_how_to_get_a_new_one(self, client: Client) -> None:
        text = opened(client, NOW + LIFE, status=410)
        assert "This link is over" in text
        assert "Ask whoever sent it to you for a new one." in text
        assert "Walking with a sore back" not in text

    def test_a_truncated_link_explains_how_to_fix_it(self, client: Client) -> None:
        answer = client.get(urlsplit(make_link(WALK, NOW)).path[:-2] + "/")
        assert answer.status_code == 404
        assert "This link is not complete" in answer.content.decode()
        assert answer["Cache-Control"] == "no-store"

    @pytest.mark.parametrize("removed", [True, False])
    def test_a_link_to_a_missing_draft_says_so(self, client: Client, removed: bool) -> None:
        if removed:
            base = store.newest(WALK)
            assert base
            store.remove(WALK, "erin", base.number, NOW)
        path = WALK if removed else "articles/nope.md"
        assert "This draft is no longer there" in opened(client, path=path, status=410)


def test_no_page_may_take_the_address_of_previews(tmp_path: Path) -> None:
    root = make_content(tmp_path)
    (root / "pages" / "preview.md").write_text((root / "pages" / "about.md").read_text())
    library = load_library(root)
    assert "The address /preview/ belongs to a part of this site" in str(library.problems[0])
    assert "preview" not in library.pages
