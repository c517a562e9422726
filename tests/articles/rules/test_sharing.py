"""A30: words that two articles share."""

from articles.rules.manuscript import SharedRun, Site
from articles.rules.passages import Passage, split
from articles.rules.sharing import runs_of, shared_runs
from tests.articles.rules.judged import article, findings

WORDS = [f"word{number}" for number in range(40)]


def passages(*words: str) -> tuple[Passage, ...]:
    return split(" ".join(words), 1, {})


def test_twelve_words_are_a_run_and_eleven_are_not() -> None:
    one = runs_of(passages("a", *WORDS[:12], "b"))
    twelve, eleven = runs_of(passages("c", *WORDS[:12], "d")), runs_of(passages("c", *WORDS[:11], "d"))
    assert shared_runs({"one": one, "two": twelve}) == {
        "one": (SharedRun(1, 13, "two"),),
        "two": (SharedRun(1, 13, "one"),),
    }
    assert shared_runs({"one": one, "two": eleven}) == {}


def test_runs_that_overlap_are_one_and_runs_of_different_articles_are_two() -> None:
    runs = {
        "one": runs_of(passages(*WORDS)),
        "two": runs_of(passages(*WORDS[:20])),
        "three": runs_of(passages(*WORDS[25:])),
    }
    assert shared_runs(runs)["one"] == (SharedRun(0, 20, "two"), SharedRun(25, 40, "three"))


def test_a_run_that_one_article_repeats_is_its_own_matter() -> None:
    assert shared_runs({"one": runs_of(passages(*WORDS[:12], "x", *WORDS[:12])), "two": runs_of(())}) == {}


def test_a_text_shorter_than_a_run_has_none() -> None:
    assert list(runs_of(passages("too", "short"))) == []


def test_a30_says_which_words_on_which_line() -> None:
    site = Site(shared_runs={"articles/a-page.md": (SharedRun(2, 14, "articles/other.md"),)})
    text = article(f"One.\n\nTwo {' '.join(WORDS[:12])} three.", site)
    assert [(each.line - text.first_line, each.level, each.sentence) for each in findings(text, "A30")] == [
        (2, "warn", f"These words stand in articles/other.md too: “{' '.join(WORDS[:12])}”.")
    ]


def test_shared_passages_and_headings_do_not_count() -> None:
    body = "## " + " ".join(WORDS[:12]) + "\n\n{{ block: unknowns }}\n"
    assert list(runs_of(article(body, blocks=["unknowns"]).body)) == []
