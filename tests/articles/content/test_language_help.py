"""The notice of free language help: what the file must hold, what the page shows, and what staff are told."""

import datetime as dt
from pathlib import Path

import pytest
from django.test import Client

from articles.content.language_help import FILE, LanguageHelp, parse_language_help
from articles.content.rule_ids import HINT
from articles.library import load_library
from articles.rules.rulebook import load_rulebook
from articles.rules.runner import check_library
from clinic_site.clinic_yaml import get_clinic
from clinic_site.content.files import ContentError, SourceFile
from tests.appointments.pages import Page
from tests.content_builders import make_content
from tests.shipped import REAL_CONTENT, shipped_library

SPANISH = {
    "name": "Español",
    "english": "Spanish",
    "lang": "es",
    "direction": "ltr",
    "checked": "no",
    "sentence": "Llame",
}
TODAY = dt.date(2026, 11, 30)
LANGUAGES_OF_THE_LAW = 16  # English, and the 15 that 45 CFR 92.11 asks for


def file_of(*languages: dict[str, str]) -> str:
    lines = (", ".join(f"{key}: {value}" for key, value in language.items()) for language in languages)
    return "languages:\n" + "".join(f"  - {{{line}}}\n" for line in lines)


def parsed(*languages: dict[str, str]) -> tuple[LanguageHelp, ...]:
    return parse_language_help(SourceFile(FILE, file_of(*languages), ""))


def test_a_language_is_read_with_its_line() -> None:
    assert parsed(SPANISH) == (LanguageHelp("Español", "Spanish", "es", "ltr", "Llame", checked=False, line=2),)
    assert parsed(SPANISH | {"checked": "yes"})[0].checked


@pytest.mark.parametrize(
    ("languages", "line", "words"),
    [
        ([SPANISH, SPANISH], 3, "“es” stands twice"),
        ([SPANISH | {"lang": "Spanish"}], 2, "“Spanish” is no language tag"),
        ([SPANISH | {"direction": "up"}], 2, "“direction” is “up”"),
        ([SPANISH | {"checked": "perhaps"}], 2, "“checked” must be true or false"),
        ([SPANISH | {"phone": "1"}], 2, "“phone” is not a known key"),
    ],
)
def test_each_mistake_is_reported_with_its_line(languages: list[dict[str, str]], line: int, words: str) -> None:
    with pytest.raises(ContentError, match=words) as caught:
        parsed(*languages)
    assert caught.value.problem.line == line


@pytest.mark.usefixtures("real_content")
def test_the_page_has_a_sentence_in_each_language_with_the_phones_of_all_offices(client: Client) -> None:
    items = [item for item in Page(client.get("/accessibility/")).all("li") if item.get("lang")]
    assert len(items) == LANGUAGES_OF_THE_LAW
    assert {item.get("lang"): item.get("dir") for item in items}["ar"] == "rtl"
    phones = [f"tel:{office.phone}" for office in get_clinic().offices]
    assert all([link.get("href") for link in item.findall("a")] == phones for item in items)


@pytest.mark.usefixtures("real_content")
def test_the_page_says_that_sentences_wait_for_a_speaker(client: Client) -> None:
    assert "have not checked every sentence yet" in Page(client.get("/accessibility/")).text


@pytest.mark.django_db
def test_a_site_without_the_file_has_no_empty_list(client: Client) -> None:
    assert not [item for item in Page(client.get("/accessibility/")).all("li") if item.get("lang")]


def test_staff_get_a_hint_for_each_sentence_that_no_speaker_has_read(tmp_path: Path) -> None:
    root = make_content(tmp_path)
    (root / FILE).write_text(file_of(SPANISH | {"checked": "yes"}, SPANISH | {"lang": "ht", "english": "Haitian"}))
    found = check_library(load_library(root), load_rulebook(REAL_CONTENT, shipped_library()), TODAY).findings
    hints = [finding for finding in found if finding.path == FILE]
    assert [(hint.line, hint.level) for hint in hints] == [(3, HINT)]
    assert hints[0].sentence == "Nobody who speaks Haitian has checked this sentence."
