"""Finished pages are made anew: what changed, what is not true any more, what could not be made."""

import threading
from collections.abc import Iterable
from pathlib import Path

import pytest

from clinic_site.asked import Environ, StartResponse
from clinic_site.published import LOOK_EVERY, OLD_AT_MOST, TRY_AGAIN_AFTER, Published
from tests.clinic_site.published_site import MOMENT, WALK, Content, Site, ask, make_site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return make_site(tmp_path)


def test_a_page_is_made_anew_once_it_may_not_be_true_any_more(site: Site) -> None:
    published = site.published()
    ask(published)
    site.now, site.content = MOMENT + 60, Content({WALK: "Closed now"}, until=MOMENT + 3_600)
    published.refresh()
    assert ask(published).body == b"Closed now"
    assert len(site.asked) == 2


def test_after_a_change_the_old_page_is_served_until_the_new_one_is_ready(site: Site) -> None:
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
    assert (read, len(site.asked)) == ([old], 2)


def test_pages_that_did_not_change_are_not_made_anew(site: Site) -> None:
    published = site.published()
    ask(published)
    ask(published, "/articles/", query="page=2")
    site.content = Content({**site.content.pages, WALK: "New"})
    published.refresh()
    assert site.asked == [f"ours GET {WALK}", "ours GET /articles/?page=2", f"ours GET {WALK}"]


def test_no_page_is_old_for_longer_than_it_may_be_however_many_wait(site: Site) -> None:
    published = three_changed_at_once(site)
    published.refresh()
    assert [ask(published, path).body for path in site.content.pages] == [b"new", b"b", b"c"]
    site.now += OLD_AT_MOST
    assert [ask(published, path).body for path in site.content.pages] == [b"new"] * 3


def three_changed_at_once(site: Site) -> Published:
    """Each of their pages takes Django so long that it is time for another look."""

    def slowly(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        site.now += LOOK_EVERY
        return site.django(environ, start_response)

    site.content = Content({"/a/": "a", "/b/": "b", "/c/": "c"})
    published = site.published()
    for path in site.content.pages:
        ask(published, path)
    published.django, site.content = slowly, Content(dict.fromkeys(site.content.pages, "new"))
    return published


def test_a_page_whose_address_is_gone_is_gone(site: Site) -> None:
    published = site.published()
    ask(published)
    site.content = Content({})
    published.refresh()
    assert ask(published).body == b"from Django"


def test_a_page_that_readers_may_not_see_any_more_is_gone_at_its_moment(site: Site) -> None:
    published = site.published()
    ask(published)
    site.now, site.status = MOMENT + 60, "404 Not Found"
    assert ask(published).status == "404 Not Found"
    assert published._pages == {}


def test_where_django_fails_the_page_as_it_was_goes_on_while_it_is_true(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    published = site.published()
    old = ask(published).body
    site.content, site.status = Content({WALK: "New"}), "500 Internal Server Error"
    published.refresh()
    assert ask(published).body == old
    assert "could not be made" in caplog.text
    site.now = MOMENT + 60
    assert ask(published).status == "500 Internal Server Error"


def test_a_page_that_cannot_be_made_anew_is_tried_again_after_a_while_and_not_all_the_time(site: Site) -> None:
    published = site.published()
    ask(published)
    old, site.content, site.status = site.content.pages[WALK].encode(), Content({WALK: "New"}), "503 Unavailable"
    published.refresh()
    site.asked.clear()
    assert [ask(published).body for _ in range(3)] == [old] * 3
    published.refresh()
    assert site.asked == []
    site.now, site.status = MOMENT + TRY_AGAIN_AFTER, "200 OK"
    assert ask(published).body == b"New"


def test_between_the_makings_of_many_pages_it_looks_whether_one_must_go(site: Site) -> None:
    published = three_changed_at_once(site)
    site.asked.clear()
    published.refresh()
    assert site.asked == ["ours GET /a/"]
    site.content = Content({"/a/": "new", "/c/": "new"})
    published.refresh()
    published.refresh()
    assert site.asked == ["ours GET /a/", "ours GET /c/"]


def test_while_the_disk_is_full_pages_come_from_django(
    site: Site, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = site.published()
    ask(published)
    site.content = Content({WALK: "New"})
    with monkeypatch.context() as full:
        full.setattr("os.pwrite", lambda file, data, place: len(data) - 1)
        published.refresh()
        assert ask(published).body == b"New"
        assert site.asked[-1] == f"GET {WALK}"
    assert "finished pages cannot be kept (OSError)" in caplog.text
    assert ask(published).body == ask(published).body == b"New"
    assert site.asked[-1] == f"ours GET {WALK}"


def test_what_changes_while_a_page_is_made_is_not_missed(site: Site) -> None:
    published = site.published()
    old = site.content
    make = site.django

    def change_meanwhile(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        published.django = make
        answer = make(environ, start_response)
        site.content = Content({WALK: "New"})
        published._mark(site.content)
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
def test_while_a_page_is_made_another_reader_gets_what_is_true(
    site: Site, monkeypatch: pytest.MonkeyPatch, moment: float, meanwhile: bytes
) -> None:
    monkeypatch.setattr("clinic_site.published.LOOK_EVERY", 0)  # no time to make any
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
    assert site.asked.count(f"ours GET {WALK}") == 2


def test_the_file_of_bytes_does_not_grow_for_ever(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clinic_site.published.PACK_AT_LEAST", 0)
    published = site.published()
    before = len(list(Path("/proc/self/fd").iterdir()))
    for number in range(20):
        site.content = Content({WALK: f"{number}" * 1_000})
        published.refresh()
        assert ask(published).body == f"{number}".encode() * 1_000
    assert published._pack.size < 5_000
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 1


def test_a_look_that_fails_does_not_end_the_watch(
    site: Site, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = site.published()
    stop, failed = threading.Event(), threading.Event()

    def look(before: object) -> Content:
        if not failed.is_set():
            failed.set()
            raise RuntimeError("away")
        stop.set()
        return site.content

    published.look = look
    monkeypatch.setattr("clinic_site.published.LOOK_EVERY", 0.01)
    published.keep_fresh(stop)
    assert "could not be refreshed (RuntimeError)" in caplog.text
