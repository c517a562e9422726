"""Search leads to the section that answers, and to the clinic for words of contact."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.test import Client

from articles.library import load_library
from articles.rendering.page_cache import rendered
from articles.search import Answer
from articles.search import search as search_at
from articles.search_index import SearchIndex
from articles.search_sections import sections_of
from tests.content_builders import make_article, make_content
from tests.shipped import shipped_index

NOW = dt.datetime(2026, 11, 30, 15, 0, tzinfo=dt.UTC)
OTHER, CLAIMS = "other-ways-to-treat-pain", "claims-you-may-read"
# What patients type -> page and section that answers, first or second.
ANSWERS = [
    ("stem cells", OTHER, "stem-cells-and-amniotic-fluid"),
    ("stem cell", CLAIMS, "do-stem-cells-and-amniotic-fluid-heal-painful-joints-and-backs"),
    ("amniotic", OTHER, "stem-cells-and-amniotic-fluid"),
    ("exosomes", OTHER, "stem-cells-and-amniotic-fluid"),
    ("regenerative", CLAIMS, "do-stem-cells-and-amniotic-fluid-heal-painful-joints-and-backs"),
    ("epidural", OTHER, "epidural-shots-and-nerve-blocks"),
    ("nerve block", OTHER, "epidural-shots-and-nerve-blocks"),
    ("steroid shot", OTHER, "epidural-shots-and-nerve-blocks"),
    ("spinal cord stim", OTHER, "spinal-cord-stimulator"),
    ("home ketamine", CLAIMS, "can-you-take-ketamine-safely-at-home"),
    ("home therapy", CLAIMS, "can-you-take-ketamine-safely-at-home"),
    ("ketamine at home", CLAIMS, "can-you-take-ketamine-safely-at-home"),
    ("services", CLAIMS, "claims-on-a-list-of-services"),
    ("fibro", OTHER, "medicines-family-by-family"),
    ("neuropathy", OTHER, "medicines-family-by-family"),
    ("hip pain", CLAIMS, "is-there-a-medication-for-hip-back-or-arthritis-pain"),
    ("arthritis", OTHER, "medicines"),
    ("myths", CLAIMS, "how-to-test-a-claim-yourself"),
    ("gabapentin", OTHER, "medicines-family-by-family"),
    ("physical therapy", OTHER, "care-that-you-take-part-in"),
    ("CBT", OTHER, "talking-therapies-cbt-and-act"),
    ("boosters", CLAIMS, "do-booster-infusions-keep-the-relief-complete"),
    ("fda approved", CLAIMS, "did-the-fda-approve-ketamine-for-pain-in-2025"),
    ("anti-inflammatory", CLAIMS, "is-it-anti-inflammatory-and-does-that-help-pain"),
    ("opioid receptors", CLAIMS, "do-most-pain-medicines-work-on-opioid-receptors"),
    ("gaba", CLAIMS, "does-it-raise-gaba-and-so-calm-the-nerves"),
    ("sodium channels", CLAIMS, "does-it-open-sodium-and-potassium-channels-like-a-numbing-shot"),
    ("rewire brain", CLAIMS, "does-it-rewire-the-brain-so-that-relief-lasts"),
    ("strongest", CLAIMS, "is-it-the-strongest-drug-of-its-kind"),
    ("weaker than PCP", CLAIMS, "is-it-safer-because-it-is-weaker-than-pcp"),
    ("1.5 billion", CLAIMS, "do-15-billion-people-live-with-chronic-pain"),
    ("100 million americans", CLAIMS, "is-it-1-in-10-americans-or-100-million"),
    ("opioid crisis", CLAIMS, "have-millions-of-americans-died-in-the-opioid-crisis"),
    ("high blood pressure rare", CLAIMS, "is-high-blood-pressure-a-rare-side-effect"),
    ("react badly to anesthetics", CLAIMS, "is-it-ideal-if-you-react-badly-to-other-anesthetics"),
    ("many clinics", CLAIMS, "does-it-work-because-so-many-clinics-offer-it"),
]


@pytest.fixture(scope="module")
def shipped() -> SearchIndex:
    """The real content."""
    return shipped_index()


def search(typed: str, index: SearchIndex) -> Answer:
    return search_at(typed, index, NOW)


@pytest.mark.parametrize(("typed", "slug", "anchor"), ANSWERS)
def test_a_promise_of_another_page_finds_its_answer(shipped: SearchIndex, typed: str, slug: str, anchor: str) -> None:
    first = search(typed, shipped).results[:2]
    urls = [passage.url for result in first for passage in result.passages]
    assert f"/{slug}/#{anchor}" in urls, urls


@pytest.mark.parametrize("typed", ["ketamine", "pain", "side effects", "crps"])
def test_a_page_has_at_most_two_passages_that_lead_to_itself(shipped: SearchIndex, typed: str) -> None:
    for result in search(typed, shipped).results:
        assert 1 <= len(result.passages) <= 2
        assert all(passage.url.partition("#")[0] == result.document.url for passage in result.passages)


def test_every_section_has_the_id_of_its_heading_on_the_page(shipped: SearchIndex) -> None:
    for document in shipped.library.documents.values():
        page = rendered(document)
        html = f"{page.lead}{page.key_points}{page.body}{page.closing}"
        ids = {"", "page-key-points", *re.findall(r'<h\d[^>]* id="([^"]+)"', html)}
        assert {section.anchor for section in sections_of(document)} <= ids, document.path


def test_equal_headings_lead_to_their_own_sections(tmp_path: Path) -> None:
    body = "## Rest\n\nA pillow.\n\n## Rest\n\nA hammock.\n"
    index = SearchIndex(load_library(make_content(tmp_path, one=make_article(body=body))))
    [passage] = search("hammock", index).results[0].passages
    assert (passage.url, passage.heading) == ("/articles/one/#rest_1", "Rest")


def test_a_page_found_by_its_title_alone_shows_its_summary(tmp_path: Path) -> None:
    root = make_content(tmp_path, one=make_article(title="Hammocks", summary="About rest.", body="A pillow.\n"))
    [passage] = search("hammock", SearchIndex(load_library(root))).results[0].passages
    assert (passage.url, passage.heading, passage.text) == ("/articles/one/", "", (("About rest.", False),))


def test_neighbors_come_before_words_that_are_apart(tmp_path: Path) -> None:
    apart = make_article(title="Phone phone", body="## Number\n\nA phone, and far from all of that another number.\n")
    root = make_content(tmp_path, apart=apart, near=make_article(body="Ask for a phone number.\n"))
    found = search("phone number", SearchIndex(load_library(root))).results
    assert [result.document.slug for result in found] == ["near", "apart"]


@pytest.mark.parametrize(
    ("typed", "to"),
    [
        ("phone", "/offices/"),
        ("phone number", "/offices/"),
        ("what are your hours", "/offices/"),
        ("address", "/offices/"),
        ("office near me", "/offices/"),
        ("appointment", "/consultation/"),
        ("how do I book an appointment", "/consultation/"),
        ("cancel", "/offices/"),
        ("cancel my appointment", "/offices/"),
        ("cost", "/articles/ketamine-and-chronic-pain-basics/#does-insurance-pay"),
        ("how much does ketamine cost", "/articles/ketamine-and-chronic-pain-basics/#does-insurance-pay"),
    ],
)
def test_words_of_contact_lead_to_the_clinic(shipped: SearchIndex, typed: str, to: str) -> None:
    on_top = search(typed, shipped).on_top
    assert on_top is not None
    assert on_top.to == to


@pytest.mark.parametrize("typed", ["hours without driving", "number of people", "change my medicine", "is it", ""])
def test_other_questions_are_not_about_contact(shipped: SearchIndex, typed: str) -> None:
    assert search(typed, shipped).on_top is None


@pytest.mark.django_db
def test_every_address_on_top_leads_to_a_place_on_the_page(
    client: Client, real_content: Path, shipped: SearchIndex
) -> None:
    for entry in shipped.library.search_words.on_top:
        path, _, anchor = entry.to.partition("#")
        html = client.get(path).content.decode()
        assert not anchor or f'id="{anchor}"' in html, entry.to


def test_the_page_shows_phones_for_words_of_contact_and_links_to_sections(client: Client, real_content: Path) -> None:
    contact = client.get("/search/", {"q": "cancel"}).content.decode()
    assert 'href="tel:' in contact[contact.index('id="on-top"') : contact.index("</main>")]
    assert "Nothing found" not in contact
    found = client.get("/search/", {"q": "epidural"}).content.decode()
    assert f'<a href="/{OTHER}/#epidural-shots-and-nerve-blocks">Epidural shots and nerve blocks</a>' in found
