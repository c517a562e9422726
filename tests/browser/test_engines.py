"""The site in three engines: they know the styles, and patient, desk and editor get through.

Chromium's journeys have files of their own. `make soak` takes each journey in Firefox and in WebKit.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser import engines
from tests.browser.conftest import Newsroom
from tests.browser.editing import EDITOR, PAGES
from tests.browser.engines import Engine
from tests.browser.publishing_data import NAME, REVIEWER
from tests.browser.stylesheets import read_demands
from tests.browser.test_desk import QUEUE
from tests.browser.test_patient_journey import BUTTON
from tests.browser.test_publishing_path import CHECKED
from tests.browser.test_tables import HIDDEN
from tests.browser.test_visit_journey import ARTICLE, IN_THE_OFFICE
from tests.browser.test_visits_page import DESKTOP, DIGITS_LABEL, PHONE
from tests.browser.visitor import Visitor
from tests.serving import Site

# Styles that a browser may ignore without harm: for page breaks in print, and for text that phones enlarge.
DISPENSABLE = {"orphans", "widows", "text-size-adjust"}
JUDGE = """(([styles, selectors, queries]) => [
    styles.map(([property, value]) => CSS.supports(property, value)),
    selectors.map(selector => CSS.supports(`selector(${selector})`)),
    queries.map(query => matchMedia(query).media !== 'not all'),
])"""
DIGITS = "0137"
NUMBER = f"(727) 555-{DIGITS}"
# An article, words of it, and others in their place: each engine changes an article of its own.
CHANGES = {
    "Firefox": ("ketamine-infusion-step-by-step", "The visit goes in six steps", "A visit goes in six steps"),
    "WebKit": ("what-ketamine-pain-studies-show", "Find the row nearest", "Look for the row nearest"),
}

# The engines start while the tests run, too late for the marks that conftest.py sets.
pytestmark = [pytest.mark.usefixtures("site"), pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def webkit() -> Iterator[Engine]:
    with engines.webkit() as engine:
        yield engine


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with engines.firefox(tmp_path_factory.mktemp("firefox")) as engine:
        yield engine


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """Return the engine that the test names."""
    engine: Engine = request.getfixturevalue(request.param)
    return engine


@pytest.fixture
def visitor(engine: Engine, base_url: str) -> Visitor:
    engine.resize(PHONE, 844)
    return Visitor(engine, base_url)


@pytest.fixture
def desk(engine: Engine, base_url: str) -> Visitor:
    engine.resize(DESKTOP, 900)
    return Visitor(engine, base_url)


@pytest.fixture
def editor(engine: Engine, newsroom: Newsroom) -> Visitor:
    engine.resize(DESKTOP, 900)
    return Visitor(engine, newsroom.site.url)


@pytest.fixture(params=["chromium", "firefox", "webkit"])
def run(request: pytest.FixtureRequest) -> Iterator[Callable[[str], Any]]:
    """Yield what runs a JavaScript function, on whatever page is open, for one engine after another."""
    if request.param != "chromium":
        yield request.getfixturevalue(request.param).run
        return
    browser: Browser = request.getfixturevalue("browser")
    page = browser.new_page()
    yield page.evaluate
    page.close()


def in_engines(*usual: str) -> pytest.MarkDecorator:
    """Try the test in Firefox and in WebKit; in `make test`, in the `usual` ones alone."""
    soak, long = pytest.mark.soak, pytest.mark.long
    marks = {name: [soak] if name in usual else [soak, long] for name in ("firefox", "webkit")}
    params = [pytest.param(name, marks=marks[name]) for name in marks]
    return pytest.mark.parametrize("engine", params, indirect=True)


def test_every_engine_knows_the_stylesheets(run: Callable[[str], Any]) -> None:
    demands = read_demands()
    styles, selectors, queries = sorted(demands.styles, key=str), sorted(demands.selectors), sorted(demands.queries)
    questions = json.dumps([[(style.name, style.value) for style in styles], selectors, queries])
    style_answers, selector_answers, query_answers = run(f"() => {JUDGE}({questions})")
    answers = list(zip(styles, style_answers, strict=True))
    spelled = {(style.place, style.plain_name) for style, known in answers if known}
    assert [
        style
        for style, known in answers
        if not (known or style.plain_name in DISPENSABLE)
        if not (style.may_be_left_out and (style.place, style.plain_name) in spelled)
    ] == []
    assert [selector for selector, known in zip(selectors, selector_answers, strict=True) if not known] == []
    assert [query for query, known in zip(queries, query_answers, strict=True) if not known] == []


def decorations(visitor: Visitor, selector: str) -> set[tuple[str, str]]:
    """Return line and style of the decorations of these elements."""
    names = "({textDecorationLine, textDecorationStyle}) => [textDecorationLine, textDecorationStyle]"
    found = f"[...document.querySelectorAll({json.dumps(selector)})].map(element => getComputedStyle(element))"
    return {(line, style) for line, style in visitor.engine.run(f"() => {found}.map({names})")}


@in_engines("webkit")
def test_glossary_terms_and_search_hits_are_underlined(visitor: Visitor) -> None:
    visitor.opens(ARTICLE)
    assert decorations(visitor, "button.term") == {("underline", "dotted")}
    visitor.opens("/search/?q=side+effects")
    assert {line for line, _ in decorations(visitor, "mark")} == {"underline"}


@in_engines("webkit")
def test_tables_are_cards_with_nothing_hidden(visitor: Visitor) -> None:
    visitor.opens("/articles/weighing-ketamine-with-pain-medicine/")
    displays = "() => [...document.querySelectorAll('.table-box td')].map(cell => getComputedStyle(cell).display)"
    assert set(visitor.engine.run(displays)) == {"block"}
    assert visitor.engine.run(HIDDEN) == []


def when_they_ask_for_a_consultation(visitor: Visitor, name: str) -> None:
    visitor.fills("Full name", name)
    visitor.fills("Phone number", NUMBER)
    visitor.ticks("I am 18 or older")
    visitor.presses(BUTTON)


def when_they_make_a_mistake(visitor: Visitor) -> None:
    visitor.fills("Full name", "Ødegård-Nguyễn")
    visitor.fills("E-mail address", "iva@example")
    visitor.ticks("Leave a voicemail")
    visitor.ticks("Choose a time")
    visitor.unfolds("Good times and office")
    visitor.ticks("Morning")
    visitor.presses(BUTTON)


def then_the_mistake_is_named_and_nothing_is_lost(visitor: Visitor) -> None:
    visitor.reads("There is a problem")
    visitor.reads("Enter an e-mail address in the correct format")
    assert visitor.engine.run("() => document.activeElement.className") == "error-summary"
    typed = visitor.engine.run("() => Object.fromEntries(new FormData(document.querySelector('main form')))")
    assert typed["name"] == "Ødegård-Nguyễn"
    assert typed["email"] == "iva@example"
    assert (typed["voicemail"], typed["when"], typed["best_times"]) == ("on", "choose", "morning")


def when_they_confirm(visitor: Visitor, button: str) -> None:
    visitor.fills(DIGITS_LABEL, DIGITS)
    visitor.presses(button)


@in_engines("firefox", "webkit")
def test_a_patient_asks_for_a_time_moves_it_and_cancels(visitor: Visitor) -> None:
    visitor.opens(ARTICLE)
    visitor.follows("Schedule a consultation")
    when_they_make_a_mistake(visitor)
    then_the_mistake_is_named_and_nothing_is_lost(visitor)
    visitor.fills("E-mail address", "iva@example.com")
    when_they_ask_for_a_consultation(visitor, "Iva Example")
    visitor.presses(IN_THE_OFFICE)
    visitor.clicks("//label[@for = 'id_time_0']")
    visitor.presses("Ask for this time")
    visitor.reads("Your time is held, and not yet confirmed")
    visitor.follows("where your request stands")
    visitor.reads("Your time is held, and not yet confirmed")
    visitor.follows("choose another time")
    visitor.clicks("//label[starts-with(@for, 'id_time_')]")
    when_they_confirm(visitor, "Move my visit")
    visitor.reads("Your new time is held for you")
    visitor.follows("cancel your visit")
    when_they_confirm(visitor, "Cancel my visit")
    visitor.reads("Your visit is cancelled")


@in_engines()
def test_the_desk_calls_a_patient_twice_and_books(desk: Visitor, site: Site) -> None:
    name = f"Dee {desk.engine.name}"
    desk.opens("/consultation/")
    when_they_ask_for_a_consultation(desk, name)
    desk.reads("We have your request")
    desk.signs_in("demo-desk", site.password("demo-desk"))
    desk.opens(QUEUE)
    desk.follows(name)
    desk.presses("No answer")
    desk.reads(": no answer. Next try")
    desk.follows("Back to the queue")
    desk.follows("Waiting for a callback")
    desk.follows(name)
    desk.presses("Reached")
    desk.fills("Add a note", "Comes with a friend.")
    desk.presses("Add note")
    desk.reads("Comes with a friend.")
    desk.clicks("(//*[@aria-label = 'Free times']//label)[1]")
    desk.presses("Book now")
    desk.reads("has a visit:")
    desk.follows("Back to the queue")
    desk.follows("Ended")
    desk.sees(f"//table[@id = 'result_list']//tr[contains(., '{name}') and contains(., 'Scheduled')]")


def when_they_change_the_text(visitor: Visitor, old: str, new: str) -> None:
    """Select the words, as with the mouse, and type in their place."""
    text = visitor.sees("//*[@id = 'id_body']")
    place = "const at = text.value.indexOf(words); text.focus(); text.setSelectionRange(at, at + words.length);"
    visitor.engine.run(f"text => {{ const words = {json.dumps(old)}; {place} }}", text)
    visitor.engine.type(new)


def then_the_preview_shows(visitor: Visitor, words: str) -> None:
    shown = "() => document.querySelector('iframe').contentDocument.body.innerText"
    visitor.waits(lambda: words in visitor.engine.run(shown), f"The preview does not show “{words}”")


def then_a_reader_finds(visitor: Visitor, path: str, *wanted: str) -> None:
    """Wait for the page: until it is published, readers get the previous one."""

    def finds() -> bool:
        visitor.opens(path)
        text = visitor.engine.run("() => document.body.innerText")
        return all(words in text for words in wanted)

    visitor.waits(finds, f"No reader finds {wanted}")


@in_engines()
def test_an_editor_changes_a_sentence_that_is_signed_and_published(editor: Visitor, newsroom: Newsroom) -> None:
    slug, old, new = CHANGES[editor.engine.name]
    editor.signs_in(EDITOR, newsroom.passwords[EDITOR])
    editor.opens(f"{PAGES}edit/{slug}/")
    when_they_change_the_text(editor, old, new)
    then_the_preview_shows(editor, new)
    editor.presses("Save draft")
    editor.reads("The draft is kept.")
    editor.follows("Review")
    editor.presses("Send to review")
    editor.reads("The text was sent to review.")
    editor.signs_in(REVIEWER, newsroom.passwords[REVIEWER])
    editor.opens(f"{PAGES}review/{slug}/")
    editor.ticks(f"I am {NAME}, MD")
    editor.presses("Sign this text")
    editor.reads("You signed this text.")
    editor.signs_in(EDITOR, newsroom.passwords[EDITOR])
    editor.opens(f"{PAGES}edit/{slug}/")
    editor.presses("Publish")
    editor.reads("Published. Readers see it within two seconds.")
    then_a_reader_finds(editor, f"/articles/{slug}/", new, CHECKED)
