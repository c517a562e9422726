"""What editors and reviewers do in the browser, and an article for them to write."""

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Newsroom
from tests.browser.pages import open_signed_in
from tests.browser.test_desk import press, then_it_says

PAGES = "/admin/articles/contentfile/"
EDITOR = "demo-editor"
GUIDE_TITLE = "Getting ready for your visit"
GUIDE_SLUG = "getting-ready-for-your-visit"
FIGURE = "Long-term pain is common. In 2023, about 1 in 4 US adults had pain that stayed"
PROMISE = "A good list works a miracle."
DOSE = "Some people take 400 mg of a pain pill before they leave home."
HELPS = "A short list helps you and your clinician."
TEXT = f"""## Key points

- Bring a list of your medicines.
- Write down what you most want to be able to do again.
- Ask who will answer your questions after the visit.

## Before the visit

{FIGURE} [@lucas2024].

{HELPS} Note what hurts, since when, and what has helped so far.

{{{{ block: unknowns }}}}

{{{{ block: no_treatment }}}}

## Common questions

### Can I bring somebody along?

Yes. A second pair of ears helps.

### What if I forget my list?

Come anyway. You can send it later.

### Will I be examined?

You may be. Ask what each test is for.

### Do I have to decide on that day?

No. Take your time.

### Whom can I ask afterward?

Ask at the visit, and write the answer down.

## Questions to take to your visit

- What would you try first?
- What could go wrong for me?

## Other options

{{{{ block: other_options }}}}
"""
ABOUT = {
    "Summary": "How to get ready for a visit to a pain clinic: what to bring, what to ask, and what happens next.",
    "Audience": "People who have a visit booked.",
    "Main message": "A short list makes the visit more useful to you.",
    "How it was drafted": "Written for a test of this site.",
    "Does it work?": "A list helps some people at a visit. {certainty: not graded}",
    "Is it safe?": "Nobody has graded it. {certainty: not graded}",
    "Is it for me?": "For people who have a visit booked. {certainty: not graded}",
}


@dataclass(frozen=True)
class Mistake:
    """A line that may not be published, and the message of the page about it."""

    line: str
    message: str


MISTAKES = (
    Mistake(PROMISE, "“miracle” promises too much."),
    Mistake(f"{FIGURE}.", "“2023,” has no source."),
    Mistake(DOSE, "“400 mg” is a dose."),
)
FAULTY = TEXT.replace(f"{FIGURE} [@lucas2024].", f"{FIGURE}.").replace(HELPS, f"{PROMISE}\n\n{DOSE}\n\n{HELPS}")


def when_they_sign_in(page: Page, newsroom: Newsroom, who: str) -> Page:
    open_signed_in(page, who, newsroom.passwords[who])
    return page


def when_they_start(page: Page, title: str) -> None:
    """Start an article from the skeleton, with the title alone."""
    page.goto(PAGES)
    page.get_by_role("link", name="New article").click()
    page.get_by_label("Title").fill(title)
    press(page, "Go on")
    press(page, "Make the draft")
    then_it_says(page, f"The draft “{title}” was made.")


def when_they_write(page: Page, text: str) -> None:
    for label, words in ABOUT.items():
        page.get_by_label(label, exact=True).fill(words)
    page.get_by_label("Your visit").check()
    body(page).fill(text)


def when_they_save(page: Page) -> None:
    press(page, "Save draft")
    then_it_says(page, "The draft is")


def when_they_open_the_editor(page: Page, slug: str) -> None:
    page.goto(f"{PAGES}edit/{slug}/")


def when_they_change(page: Page, old: str, new: str) -> None:
    text = body(page).input_value()
    assert old in text
    body(page).fill(text.replace(old, new))


def when_they_publish(page: Page) -> None:
    press(page, "Publish")
    then_it_says(page, "Published. Readers see it within two seconds.")


def given_an_article(page: Page, title: str) -> str:
    """Write a draft that could be published, and return its slug; the editor stays open."""
    when_they_start(page, title)
    when_they_write(page, TEXT)
    when_they_save(page)
    found = re.search(r"/edit/([\w-]+)/", page.url)
    assert found
    return found[1]


def body(page: Page) -> Locator:
    return page.get_by_label("Text", exact=True)


def selected_text(page: Page) -> str:
    """Return the text that is selected in the editor."""
    return str(body(page).evaluate("text => text.value.slice(text.selectionStart, text.selectionEnd)"))


def then_nothing_stops_it(page: Page) -> None:
    """The page may warn of other drafts here that repeat this one."""
    expect(page.locator("#counted")).to_have_text(re.compile("^Nothing stops publication"))
