"""Each rule passes the complete article and fails a spoiled one; levels of findings."""

import re
import time
from pathlib import Path

import pytest

from articles.content.rule_ids import HINTS, MAY_WARN, RULES
from articles.rules.registry import RULES as REGISTERED
from articles.rules.registry import Finding, blocks, check_page
from tests.articles.rules.judged import TOPIC, WHOLE, article, findings, messages, open_rules, page, whole
from tests.articles.rules.spoiled import SPOILED

HARMLESS = (Path(__file__).parent / "harmless.md").read_text().split("\n---\n")


def test_the_rules_are_a01_to_a33_each_once() -> None:
    assert [rule.id for rule in REGISTERED] == list(RULES) == list(SPOILED)


def test_the_complete_article_passes_every_rule() -> None:
    assert open_rules(whole()) == set()


@pytest.mark.parametrize("rule", RULES)
def test_a_spoiled_article_fails_that_rule_alone(rule: str) -> None:
    spoil, words = SPOILED[rule]
    text = spoil()
    assert {words in finding.sentence for finding in findings(text, rule)} == {True}
    assert open_rules(text) == {rule}


@pytest.mark.parametrize("rule", RULES)
def test_every_finding_names_a_line_and_a_fix(rule: str) -> None:
    for finding in findings(SPOILED[rule][0](), rule):
        assert 1 <= finding.line <= WHOLE.count("\n") + 40
        assert re.fullmatch(r"[A-Z“@].*[.?:”]", finding.mend)


def test_there_are_twenty_harmless_passages() -> None:
    assert len(HARMLESS) == 20


@pytest.mark.parametrize("passage", HARMLESS)
def test_no_rule_fires_on_a_harmless_passage(passage: str) -> None:
    assert open_rules(whole(WHOLE.replace("## Common questions", f"{passage}\n\n## Common questions"))) == set()


@pytest.mark.parametrize("passage", HARMLESS)
def test_no_rule_fires_on_a_harmless_passage_as_a_page_or_paragraph(passage: str) -> None:
    assert open_rules(page(passage, TOPIC, "sources: [ketalar_label]\n")) - {"A06"} == set()


@pytest.mark.parametrize(
    "hostile",
    # The loader allows no longer lines and paragraphs.
    ["been " * 900, "1," * 2_400, "“" * 4_900, "approved " * 250 + "so it is " * 20 + "pain " * 400],
    ids=lambda hostile: hostile[:10],
)
@pytest.mark.timed
def test_the_rules_take_linear_time(hostile: str) -> None:
    before = time.process_time()
    assert list(check_page(article("Text. " + "\n".join([hostile] * 4))))
    assert time.process_time() - before < 3.0  # seconds of this process


def test_an_answered_warning_is_accepted_with_its_reason() -> None:
    assert messages(article("It is rare.\n"), "A09") == ["warn: “rare” stands without a limit."]
    assert messages(article("It is rare.\n", accepted={"A09": "We looked."}), "A09") == ["accepted: We looked."]


@pytest.mark.parametrize("accepted", [{}, {"A17": "It quotes the label."}])
def test_a_hint_stays_a_hint_even_if_answered(accepted: dict[str, str]) -> None:
    long = "word " * 31 + "end. So it is. So it was.\n"
    assert messages(article(long, accepted=accepted), "A17") == ["hint: This sentence has 32 words."]
    assert not blocks(check_page(article(long), [rule for rule in REGISTERED if rule.id == "A17"]))


def test_an_answer_does_not_accept_a_block_of_the_same_rule() -> None:
    text = article("It is safe. It is rare.\n", accepted={"A09": "We looked."})
    assert messages(text, "A09") == ["block: “safe” stands without a limit.", "accepted: We looked."]


def test_findings_have_only_the_levels_of_their_rule() -> None:
    assert {rule.id for rule in REGISTERED if rule.level == "warn"} == MAY_WARN
    assert {rule.id for rule in REGISTERED if rule.level == "hint"} == HINTS


def test_a_finding_reads_as_one_line() -> None:
    block = Finding("articles/a.md", 3, "A08", "block", "“cure” promises too much.", "Say what was seen.")
    answered = Finding("articles/a.md", 3, "A17", "accepted", "Too long.", "Split it.", "It quotes the label.")
    problem = Finding("articles/a.md", 1, "", "block", "“title” is missing.", "")
    assert [str(finding) for finding in (block, answered, problem)] == [
        "articles/a.md:3: A08 block: “cure” promises too much. Say what was seen.",
        "articles/a.md:3: A17 accepted: Too long. (It quotes the label.)",
        "articles/a.md:1: “title” is missing.",
    ]
    assert blocks([block, answered, problem]) == 2


def test_a_text_is_checked_by_the_requested_rules() -> None:
    assert list(check_page(SPOILED["A08"][0](), ())) == []
