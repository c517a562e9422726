"""Finished pages are rendered again after changes, expiry and failures."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from clinic_site.delivery.internal_request import Environ, StartResponse
from clinic_site.published import LOOK_EVERY, OLD_AT_MOST, TRY_AGAIN_AFTER, Published
from tests.articles.publication.published_site import MOMENT, WALK, Content, Site, ask, make_site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return make_site(tmp_path)


def test_an_expired_page_is_rendered_again(site: Site) -> None:
    published = site.published()
    ask(published)
    site.now, site.content = MOMENT + 60, Content({WALK: "Closed now"}, until=MOMENT + 3_600)
    published.refresh()
    assert ask(published).body == b"Closed now"
    assert len(site.requested) == 2


def test_after_a_change_the_old_page_is_served_until_the_new_one_is_rendered(site: Site) -> None:
    published = site.published()
    old = ask(published).body
    make = site.django

    def read_meanwhile(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        read.append(ask(published).body)
        return make(environ, start_response)

    read: list[bytes] = []
    published.django, site.content = read_meanwhile, Content({WALK: "New"})
    published.refresh()
    assert ask(published).body == b"New"
    assert (read, len(site.requested)) == ([old], 2)


def test_unchanged_pages_are_not_rendered_again(site: Site) -> None:
    published = site.published()
    ask(published)
    ask(published, "/articles/", query="page=2")
    published.refresh()
    published.refresh()
    site.content = Content({**site.content.pages, WALK: "New"})
    published.refresh()
    assert site.requested == [f"ours GET {WALK}", "ours GET /articles/?page=2", f"ours GET {WALK}"]


def test_a_page_of_a_reverted_edit_is_rendered_again(site: Site) -> None:
    published = site.published()
    before, site.content = site.content, Content({WALK: "A wrong dose"})
    assert ask(published).body == b"A wrong dose"
    site.content = Content(before.pages)
    published.refresh()
    assert ask(published).body == before.pages[WALK].encode()


def test_no_page_is_outdated_too_long_however_many_wait(site: Site) -> None:
    published = three_changed_at_once(site)
    published.refresh()
    assert [ask(published, path).body for path in site.content.pages] == [b"new", b"b", b"c"]
    site.now += OLD_AT_MOST
    assert [ask(published, path).body for path in site.content.pages] == [b"new"] * 3


def three_changed_at_once(site: Site) -> Published:
    """Change three pages; each rendering takes as long as the interval between two checks."""

    def slowly(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        site.now += LOOK_EVERY
        return site.django(environ, start_response)

    site.content = Content({"/a/": "a", "/b/": "b", "/c/": "c"})
    published = site.published()
    for path in site.content.pages:
        ask(published, path)
    published.django, site.content = slowly, Content(dict.fromkeys(site.content.pages, "new"))
    return published


def test_a_page_without_an_address_is_removed(site: Site) -> None:
    published = site.published()
    ask(published)
    site.content = Content({})
    published.refresh()
    assert ask(published).body == b"from Django"


def test_an_unpublished_page_is_removed_on_time(site: Site) -> None:
    published = site.published()
    ask(published)
    site.now, site.status = MOMENT + 60, "404 Not Found"
    assert ask(published).status == "404 Not Found"
    assert published._pages == {}


def test_if_django_fails_the_old_page_is_served_until_it_expires(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    published = site.published()
    old = ask(published).body
    site.content, site.status = Content({WALK: "New"}), "500 Internal Server Error"
    published.refresh()
    assert ask(published).body == old
    assert "could not be made" in caplog.text
    site.now = MOMENT + 60
    assert ask(published).status == "500 Internal Server Error"


def test_a_failing_page_is_retried_after_a_while(site: Site) -> None:
    published = site.published()
    ask(published)
    old, site.content, site.status = site.content.pages[WALK].encode(), Content({WALK: "New"}), "503 Unavailable"
    published.refresh()
    site.requested.clear()
    assert [ask(published).body for _ in range(3)] == [old] * 3
    published.refresh()
    assert site.requested == []
    site.now, site.status = MOMENT + TRY_AGAIN_AFTER, "200 OK"
    assert ask(published).body == b"New"


def test_removals_are_checked_between_renderings(site: Site) -> None:
    published = three_changed_at_once(site)
    site.requested.clear()
    published.refresh()
    assert site.requested == ["ours GET /a/"]
    site.content = Content({"/a/": "new", "/c/": "new"})
    published.refresh()
    published.refresh()
    assert "ours GET /c/" in site.requested
    assert "ours GET /b/" not in site.requested


def test_with_a_full_disk_pages_come_from_django(
    site: Site, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = site.published()
    ask(published)
    site.content = Content({WALK: "New"})
    with monkeypatch.context() as full:
        full.setattr("os.pwrite", lambda file, data, place: len(data) - 1)
        published.refresh()
        assert ask(published).body == b"New"
        assert site.requested[-1] == f"GET {WALK}"
    assert "finished pages cannot be stored (OSError)" in caplog.text
    assert ask(published).body == ask(published).body == b"New"
    assert site.requested[-1] == f"ours GET {WALK}"


def test_a_change_during_rendering_is_not_missed(site: Site) -> None:
    published = site.published()
    old = site.content
    make = site.django

    def change_meanwhile(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        published.django = make
        answer = make(environ, start_response)
        site.content = Content({WALK: "New"})
        published._use_snapshot(site.content)
        return answer

    published.django = change_meanwhile
    assert ask(published).body == old.pages[WALK].encode()
    published.refresh()
    assert ask(published).body == b"New"


@pytest.mark.parametrize(
    ("moment", "meanwhile"),
    [(MOMENT + OLD_AT_MOST, b"Old"), (MOMENT + 60, b"New")],
    ids=["the page is stale", "the page is not true any more, so Django answers"],
)
def test_during_rendering_other_readers_get_a_valid_page(
    site: Site, monkeypatch: pytest.MonkeyPatch, moment: float, meanwhile: bytes
) -> None:
    monkeypatch.setattr("clinic_site.published.LOOK_EVERY", 0)  # no time to render pages
    site.content = Content({WALK: "Old"})
    published = site.published()
    ask(published)
    site.content = Content({WALK: "New"})
    published.refresh()
    site.now, read = moment, []
    make = site.django

    def read_meanwhile(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        published.django = make
        read.append(ask(published).body)
        return make(environ, start_response)

    published.django = read_meanwhile
    assert ask(published).body == b"New"
    assert read == [meanwhile]
    assert site.requested.count(f"ours GET {WALK}") == 2


def test_the_file_of_pages_does_not_grow_forever(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clinic_site.published.PACK_AT_LEAST", 0)
    published = site.published()
    before = len(list(Path("/proc/self/fd").iterdir()))
    for number in range(20):
        site.content = Content({WALK: f"{number}" * 1_000})
        published.refresh()
        assert ask(published).body == f"{number}".encode() * 1_000
    assert published._pack.size < 5_000
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 1
