"""Claims and their sources: A05, A06, A07, A28."""

import re
from collections.abc import Iterator
from functools import lru_cache

from articles.content.documents import Source
from articles.content.rule_ids import BLOCK
from articles.content.word_lists import NUMBER
from articles.rules.rule import HEALTH_TEXTS, WHOLE_PAGES, Hit, rule
from articles.rules.text.page_text import ARTICLE, PageText
from clinic_site.text.look_alikes import fold_look_alikes

FIGURE = re.compile(rf"(?<![\w-]){NUMBER}%?")
STUDY_NAME = re.compile(r"\b[A-Z]{4,} (?:trial|study)\b")
STATES_FACTS = {"paragraph", "item", "row"}
YEARS_FRESH = 5
RUN = 7
WORD = re.compile(r"[a-z0-9']+")
QUOTATION = re.compile(r"[“\"][^“”\"]*[”\"]")


@rule("A05", on=HEALTH_TEXTS)
def figures_have_sources(text: PageText) -> Iterator[Hit]:
    """Every number, study name and “studies show” has a citation in its paragraph, list item or row of a table.

    An item may rest on the source of the line above its list. Definitions of the glossary name their sources beside
    them. Numbers that are written as words are not seen.
    """
    harmless, studies = text.lists.pattern("figures.harmless"), text.lists.pattern("figures.study_phrases")
    lead = frozenset[str]()
    for passage in text.body:
        if passage.kind != "item":
            lead = passage.keys if passage.text.endswith(":") else frozenset()
        if passage.kind not in STATES_FACTS or passage.block or passage.keys or lead:
            continue
        left = harmless.sub("", passage.text)
        found = FIGURE.search(left) or STUDY_NAME.search(passage.text) or studies.search(left)
        if found:
            yield Hit(passage.line, f"“{found[0]}” has no source.", "Cite one in this paragraph, or leave it out.")


@rule("A06", on=WHOLE_PAGES)
def sources_are_whole(text: PageText) -> Iterator[Hit]:
    """Every source on top of the file is cited, and readers can find it. That every key exists is the loader's work.

    A web page may carry no date: one without a year is a warning.
    """
    line, cited = text.line_of("sources"), {key for passage in text.body for key in passage.keys}
    for source in (text.shared.sources[key] for key in text.page.sources):
        if source.key not in cited:
            yield Hit(line, f"“@{source.key}” is listed and not cited.", "Cite it, or take it off the list.", BLOCK)
        if not source.year:
            yield Hit(line, f"“@{source.key}” has no year.", "Add it to references.yaml, if there is one.")
        if not source.url and not source.volume_pages:
            mend = "Add a doi, a link or the pages to references.yaml."
            yield Hit(line, f"Readers cannot find “@{source.key}”.", mend)


@rule("A07", on=(ARTICLE,))
def sources_are_fresh(text: PageText) -> Iterator[Hit]:
    """A section does not rest on sources over five years old alone."""
    for section in text.sections:
        years = {key: _year(text, key) for passage in section.passages if not passage.block for key in passage.keys}
        if years and all(0 < year < text.today.year - YEARS_FRESH for year in years.values()):
            named = ", ".join(f"@{key}" for key in sorted(years))
            message = f"Every source of this section is more than {YEARS_FRESH} years old: {named}."
            yield Hit(section.line, message, "Look for a newer one, or say why these still hold.")


def _year(text: PageText, key: str) -> int:
    """Return the year of a source; 0 without a date."""
    found = re.search(r"\d{4}", text.shared.sources[key].year)
    return int(found[0]) if found else 0


@rule("A28", on=HEALTH_TEXTS)
def own_words(text: PageText) -> Iterator[Hit]:
    """No run of seven or more words stands in the title of a source too, outside quotation marks.

    It cannot see more: the texts of the sources are not in this repository. Names of bodies and conditions may stand.
    """
    names = text.lists.pattern("wording.names")
    titles = _titles(tuple(text.shared.sources.values()), names)
    for passage in text.own:
        found = next((titles[run] for run in _runs(QUOTATION.sub(" . ", passage.text), names) if run in titles), None)
        if found:
            message = f"{RUN} words in a row are those of the title of “@{found}”."
            yield Hit(passage.line, message, "Say it in your own words, or put it between quotation marks.")


@lru_cache(maxsize=2)
def _titles(sources: tuple[Source, ...], names: re.Pattern[str]) -> dict[str, str]:
    """Return every run of words in a title -> the key of the source."""
    return {run: source.key for source in sources for run in _runs(fold_look_alikes(source.title), names)}


def _runs(text: str, names: re.Pattern[str]) -> Iterator[str]:
    """Yield every run of words that does not cross a name or a quotation."""
    for piece in names.sub(" . ", text.lower()).split(" . "):
        words = WORD.findall(piece)
        yield from (" ".join(words[start : start + RUN]) for start in range(len(words) - RUN + 1))
