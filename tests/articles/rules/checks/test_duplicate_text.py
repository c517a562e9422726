"""Rule A30: text that two articles share."""

from articles.rules.checks.duplicate_text import runs_of, shared_runs
from articles.rules.text.page_text import SharedRun, Site
from articles.rules.text.passages import Passage, split
from tests.articles.rules.judged import article, findings

WORDS = [f"word{number}" for number in range(40)]


def passages(*words: str) -> tuple[Passage, ...]:
    return split(" ".join(words), 1, {})


def test_a_run_has_at_least_twelve_words() -> None:
    one = runs_of(passages("a", *WORDS[:12], "b"))
    twelve, eleven = runs_of(passages("c", *WORDS[:12], "d")), runs_of(passages("c", *WORDS[:11], "d"))
    assert shared_runs({"one": one, "two": twelve}) == {
        "one": (SharedRun(1, 13, "two"),),
        "two": (SharedRun(1, 13, "one"),),
    }
    assert shared_runs({"one": one, "two": eleven}) == {}


def test_overlapping_runs_are_merged_per_article() -> None:
    runs = {
        "one": runs_of(passages(*WORDS)),
        "two": runs_of(passages(*WORDS[:20])),
        "three": runs_of(passages(*WORDS[25:])),
    }
    assert shared_runs(runs)["one"] == (SharedRun(0, 20, "two"), SharedRun(25, 40, "three"))


def test_repetition_within_one_article_does_not_count() -> None:
    assert shared_runs({"one": runs_of(passages(*WORDS[:12], "x", *WORDS[:12])), "two": runs_of(())}) == {}


def test_a_text_shorter_than_a_run_has_none() -> None:
    assert list(runs_of(passages("too", "short"))) == []


def test_a30_reports_the_words_and_their_line() -> None:
    site = Site(shared_runs={"articles/a-page.md": (SharedRun(2, 14, "articles/other.md"),)})
    text = article(f"One.\n\nTwo {' '.join(WORDS[:12])} three.", site)
    assert [(finding.line - text.first_line, finding.level, finding.sentence) for finding in findings(text, "A30")] == [
        (2, "hint", f"These words stand in articles/other.md too: “{' '.join(WORDS[:12])}”.")
    ]


def test_shared_passages_and_headings_do_not_count() -> None:
    body = "## " + " ".join(WORDS[:12]) + "\n\n{{ block: unknowns }}\n"
    assert list(runs_of(article(body, blocks=["unknowns"]).body)) == []
