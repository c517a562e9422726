"""A draft, sent by a link: the true page for one reader for a week, and for nobody else."""

import datetime as dt
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core.signing import Signer
from django.test import Client
from pytest_django import Settings

from articles import preview_links
from articles.editing import store
from articles.editing.store import Edit
from articles.library import load_library
from articles.preview_links import LIFE, LinkAltered, LinkOver
from tests.conftest import MONDAY_MORNING
from tests.content_builders import make_article, make_content, make_signed

NOW = MONDAY_MORNING
SECOND = dt.timedelta(seconds=1)
WALK = "articles/walk.md"
DRAFT = make_article("## A walk\n\nIt may help [@walking2020].\n", status="draft", sources=["walking2020"])


def token_of(address: str) -> str:
    return urlsplit(address).path.split("/")[2]


class TestLinks:
    def test_a_link_is_a_whole_address_of_this_site_that_names_the_file_for_a_week(self) -> None:
        address = preview_links.make(WALK, NOW)
        assert address.startswith("http://127.0.0.1:8000/preview/")
        assert preview_links.read(token_of(address), NOW) == WALK
        assert preview_links.until(token_of(address)) == NOW + LIFE

    def test_it_ends_to_the_second(self) -> None:
        token = token_of(preview_links.make(WALK, NOW))
        assert preview_links.read(token, NOW + LIFE - SECOND) == WALK
        with pytest.raises(LinkOver):
            preview_links.read(token, NOW + LIFE)

    def test_one_that_was_altered_is_not_ours(self) -> None:
        token = token_of(preview_links.make(WALK, NOW))
        for altered in (token.swapcase(), token[:-1], f"x{token}", token.replace(":", ""), "é", ""):
            with pytest.raises(LinkAltered):
                preview_links.read(altered, NOW)

    def test_what_this_site_signs_for_other_ends_opens_no_draft(self) -> None:
        other = Signer(salt="appointments.form_tokens").sign_object([WALK, int((NOW + LIFE).timestamp())])
        with pytest.raises(LinkAltered):
            preview_links.read(other, NOW)


@pytest.fixture
def root(settings: Settings, tmp_path: Path) -> Path:
    """A folder with one draft."""
    settings.CONTENT_DIR = make_content(tmp_path, walk=DRAFT, other=make_article())
    return Path(settings.CONTENT_DIR)


def opened(client: Client, now: dt.datetime = NOW, path: str = WALK, status: int = 200) -> str:
    """What a link made at NOW shows at `now`."""
    address = urlsplit(preview_links.make(path, NOW)).path
    with time_machine.travel(now, tick=False):
        answer = client.get(address)
    assert answer.status_code == status
    assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("no-store", "noindex")
    assert answer["Referrer-Policy"] == "strict-origin"
    assert answer.cookies == {}
    text = answer.content.decode()
    assert '<meta name="robots" content="noindex">' in text
    return text.replace("\u00a0", " ")


def keep(text: str) -> None:
    """A draft beside the file."""
    base = store.newest(WALK)
    store.keep(Edit(WALK, text, "erin", base.number if base else 0), NOW)


@pytest.mark.django_db
@pytest.mark.usefixtures("root")
class TestPage:
    def test_it_shows_the_true_page_and_says_what_it_is_and_until_when(self, client: Client) -> None:
        text = opened(client)
        assert "This is a draft for you to check. It is not on the site." in text
        assert "The link works until Monday, November 30, 10 a.m., for anyone who has it." in text
        assert text.index("This is a draft") < text.index("<h1>Walking with a sore back</h1>")
        assert "A clinician has not yet checked this page." in text
        assert "It may help" in text
        assert 'id="source-1"' in text
        assert "Related articles" in text
        assert client.get("/articles/walk/").status_code == 404

    def test_it_shows_the_newest_text_also_where_that_is_kept_beside_the_file(self, client: Client) -> None:
        keep(DRAFT.replace("It may help", "It might help"))
        assert "It might help" in opened(client)

    def test_nothing_on_it_is_counted_and_its_address_stands_nowhere_on_it(self, client: Client) -> None:
        text = opened(client)
        assert "from=walk" not in text
        assert "/feedback/" not in text
        assert "<form" not in text
        assert token_of(preview_links.make(WALK, NOW)) not in text
        assert not re.search("canonical|ld\\+json|og:", text)

    def test_an_article_on_the_site_is_called_what_it_is(self, client: Client) -> None:
        text = opened(client, path="articles/other.md")
        assert "This is the page for you to check, as it is on the site." in text
        assert "It is not on the site" not in text

    def test_a_draft_that_is_kept_beside_a_page_is_not_on_the_site(self, client: Client, root: Path) -> None:
        published = DRAFT.replace("status: draft", "status: published")
        (root / WALK).write_text(published)
        keep(published.replace("It may help", "It might help"))
        assert "It is not on the site." in opened(client)

    def test_news_about_a_source_is_told_as_on_the_site(self, client: Client, root: Path) -> None:
        make_signed(root, "walk")
        (root / "watch.yaml").write_text(
            "events:\n  - {event: A new trial, date: 2026-11-20, sources: [walking2020], cleared: false}\n"
        )
        text = opened(client)
        assert "New information about a source of this page came out on November 20, 2026." in text
        assert "Checked by R. Name" not in text

    def test_a_text_that_is_no_page_yet_says_whom_to_tell(self, client: Client) -> None:
        keep("---\ntitle: [\n---\n")
        text = opened(client)
        assert "This draft cannot be shown at the moment" in text
        assert "It works until Monday, November 30, 10 a.m., for anyone who has it." in text

    def test_it_is_for_reading_only(self, client: Client) -> None:
        assert client.post(urlsplit(preview_links.make(WALK, NOW)).path).status_code == 405


@pytest.mark.django_db
@pytest.mark.usefixtures("root")
class TestLinksThatLeadNowhere:
    def test_one_that_is_over_says_how_to_get_a_new_one(self, client: Client) -> None:
        text = opened(client, NOW + LIFE, status=410)
        assert "This link is over" in text
        assert "Ask whoever sent it to you for a new one." in text
        assert "Walking with a sore back" not in text

    def test_one_that_lost_a_letter_says_how_to_mend_it(self, client: Client) -> None:
        answer = client.get(urlsplit(preview_links.make(WALK, NOW)).path[:-2] + "/")
        assert answer.status_code == 404
        assert "This link is not complete" in answer.content.decode()
        assert answer["Cache-Control"] == "no-store"

    @pytest.mark.parametrize("removed", [True, False])
    def test_one_to_a_draft_that_was_removed_or_never_was_says_so(self, client: Client, removed: bool) -> None:
        if removed:
            base = store.newest(WALK)
            assert base
            store.remove(WALK, "erin", base.number, NOW)
        path = WALK if removed else "articles/nope.md"
        assert "This draft is no longer there" in opened(client, path=path, status=410)


def test_no_plain_page_can_take_the_address(tmp_path: Path) -> None:
    root = make_content(tmp_path)
    (root / "pages" / "preview.md").write_text((root / "pages" / "about.md").read_text())
    library = load_library(root)
    assert "The address /preview/ belongs to a part of this site" in str(library.problems[0])
    assert "preview" not in library.pages
