"""Draft of a new article: all parts that an article needs, each with a “Fill in”."""

import datetime as dt

from articles.content.documents import QUESTIONS
from articles.editing.drafts.front_matter import FrontMatter, with_body, write_front
from articles.library import Library, get_library
from articles.rendering.sections import FAQ, KEY_POINTS, OTHER_OPTIONS, WORKSHEET

DAYS_TO_CHECK = 180  # until the first check: ketamine pages are checked at least every six months
STUBS = """## {key_points}

- Fill in: the first thing a reader should remember.
- Fill in: the second.
- Fill in: the third.

## Fill in: what this page is about

Fill in: short paragraphs in plain words. Put a source behind each claim.

{unknowns}{no_treatment}## {questions}

### Fill in: the first question that readers ask?

Fill in: a short answer.

### Fill in: the second question?

Fill in: a short answer.

### Fill in: the third question?

Fill in: a short answer.

### Fill in: the fourth question?

Fill in: a short answer.

### Fill in: the fifth question?

Fill in: a short answer.

## {worksheet}

- Fill in: a question for the clinician?

## {other}

{other_options}"""
REQUIRED = "rules/required.yaml"
PLACED = ("unknowns", "no_treatment", "other_options")  # shared passages within the text


def skeleton(title: str, today: dt.date) -> str:
    """Return a new draft with the required passages and sections. Rule A01 blocks each “Fill in:” left in it."""
    library = get_library()
    blocks = tuple(name for name in _required_blocks(library) if name in library.shared.blocks)
    front = FrontMatter(
        title=title,
        summary="Fill in: what this page covers and what it does not, in up to 60 words.",
        audience="Fill in: who this page is for.",
        main_message="Fill in: the one sentence that a reader should remember.",
        answers={key: f"Fill in: {question} {{certainty: not graded}}" for key, question in QUESTIONS.items()},
        author={"name": "Website team", "role": "writers, not clinicians"},
        drafting="Fill in: who or what drafted this page.",
        published=str(today),
        updated=str(today),
        review_due=str(today + dt.timedelta(days=DAYS_TO_CHECK)),
        blocks=blocks,
        conflict="This site is run by {{ clinic: name }}. {{ clinic: sells }}",
    )
    placed = {name: f"{{{{ block: {name} }}}}\n\n" if name in blocks else "" for name in PLACED}
    return with_body(
        write_front(front),
        STUBS.format(key_points=KEY_POINTS, questions=FAQ, worksheet=WORKSHEET, other=OTHER_OPTIONS, **placed),
    )


def _required_blocks(library: Library) -> tuple[str, ...]:
    """Return the names of the shared passages that every article must have; none if the list cannot be read."""
    loaded = library.files.get(REQUIRED)
    return loaded.value["required.article_blocks"] if loaded and loaded.value else ()
