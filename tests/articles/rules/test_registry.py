"""Each rule passes the whole article and fails a spoiled one; what it says is told with its level."""

import re
import time
from pathlib import Path

import pytest

from articles.rules.levels import MAY_WARN, RULES
from articles.rules.registry import RULES as REGISTERED
from articles.rules.registry import Finding, blocks, judge
from tests.articles.rules.judged import TOPIC, WHOLE, article, findings, open_rules, page, told, whole
from tests.articles.rules.spoiled import SPOILED

HARMLESS = (Path(__file__).parent / "harmless.md").read_text().split("\n---\n")


def test_the_rules_are_a01_to_a31_each_once() -> None:
    assert [rule.id for rule in REGISTERED] == list(RULES) == list(SPOILED)


def test_the_whole_article_keeps_every_rule() -> None:
    assert open_rules(whole()) == set()


@pytest.mark.parametrize("rule", RULES)
def test_a_spoiled_article_fails_that_rule_alone(rule: str) -> None:
    spoil, words = SPOILED[rule]
    text = spoil()
    assert {words in finding.sentence for finding in findings(text, rule)} == {True}
    assert open_rules(text) == {rule}


@pytest.mark.parametrize("rule", RULES)
def test_each_finding_names_a_line_of_the_file_and_how_to_mend_it(rule: str) -> None:
    for finding in findings(SPOILED[rule][0](), rule):
        assert 1 <= finding.line <= WHOLE.count("\n") + 40
        assert re.fullmatch(r"[A-Z“@].*[.?:”]", finding.mend)


def test_there_are_twenty_harmless_passages() -> None:
    assert len(HARMLESS) == 20


@pytest.mark.parametrize("passage", HARMLESS)
def test_no_rule_fires_on_a_harmless_passage(passage: str) -> None:
    assert open_rules(whole(WHOLE.replace("## Common questions", f"{passage}\n\n## Common questions"))) == set()


@pytest.mark.parametrize("passage", HARMLESS)
def test_no_rule_fires_on_it_on_a_page_or_as_a_paragraph_by_itself(passage: str) -> None:
    assert open_rules(page(passage, TOPIC, "sources: [ketalar_label]\n")) - {"A06"} == set()


@pytest.mark.parametrize(
    "hostile",
    # As long as the loader lets a line and a paragraph be.
    ["been " * 900, "1," * 2_400, "“" * 4_900, "approved " * 250 + "so it is " * 20 + "pain " * 400],
    ids=lambda hostile: hostile[:10],
)
@pytest.mark.timed
def test_the_time_that_the_rules_take_grows_with_the_length_alone(hostile: str) -> None:
    before = time.process_time()
    assert list(judge(article("Text. " + "\n".join([hostile] * 4))))
    assert time.process_time() - before < 3.0  # seconds of this process


def test_a_warning_that_is_answered_is_accepted_with_its_reason() -> None:
    long = "word " * 31 + "end. So it is. So it was.\n"
    assert told(article(long), "A17") == ["warn: This sentence has 32 words."]
    assert told(article(long, accepted={"A17": "It quotes the label."}), "A17") == ["accepted: It quotes the label."]


def test_an_answer_does_not_touch_a_block_of_the_same_rule() -> None:
    text = article("It is safe. It is rare.\n", accepted={"A09": "We looked."})
    assert told(text, "A09") == ["block: “safe” stands without a limit.", "accepted: We looked."]


def test_only_rules_that_may_warn_warn() -> None:
    assert {rule.id for rule in REGISTERED if rule.level == "warn"} == MAY_WARN


def test_a_finding_reads_as_one_line() -> None:
    block = Finding("articles/a.md", 3, "A08", "block", "“cure” promises too much.", "Say what was seen.")
    answered = Finding("articles/a.md", 3, "A17", "accepted", "Too long.", "Split it.", "It quotes the label.")
    problem = Finding("articles/a.md", 1, "", "block", "“title” is missing.", "")
    assert [str(each) for each in (block, answered, problem)] == [
        "articles/a.md:3: A08 block: “cure” promises too much. Say what was seen.",
        "articles/a.md:3: A17 accepted: Too long. (It quotes the label.)",
        "articles/a.md:1: “title” is missing.",
    ]
    assert blocks([block, answered, problem]) == 2


def test_a_text_is_judged_by_the_rules_that_are_asked_for() -> None:
    assert list(judge(SPOILED["A08"][0](), ())) == []
