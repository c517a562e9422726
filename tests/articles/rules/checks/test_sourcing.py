"""Rules A05, A06, A07 and A28: claims and their sources."""

import pytest

from tests.articles.rules.judged import article, block, findings, messages, page

TITLE = "Ketamine and other NMDA receptor antagonists for chronic pain"


@pytest.mark.parametrize(
    "body",
    [
        "It lasted for 12 weeks [@cohen2018].",
        "In 2018 it was tried.\nIt faded soon [@cohen2018].",
        "A guideline says this [@cohen2018]:\n\n- up to 12 weeks\n- in 3 of 4 people",
        "| Who | What |\n|---|---|\n| 60 people | less pain [@cohen2018] |",
        "Call 911, come at 8:30 a.m., and bring 2 or 3 questions.",
        "### What about the year 2018?",
        "See what the studies show.",
    ],
)
def test_a05_accepts_figures_with_a_source_and_figures_that_claim_nothing(body: str) -> None:
    assert messages(article(body), "A05") == []


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("It lasted for 12 weeks.\n\nIt faded [@cohen2018].", "12"),
        ("It helped 12 people.\n*[HTML]: see [@cohen2018]", "12"),
        ("- It helped 12 people.\n*[HTML]: see [@cohen2018]", "12"),
        ("It helped 12 people.\n[^1]: See [@cohen2018].", "12"),
        ("About 24.3% had it.", "24.3%"),
        ("Studies show that it fades.", "Studies show"),
        ("The PODCAST trial looked at this.", "PODCAST trial"),
        ("Some facts:\n\n- in 3 of 4 people", "3"),
        ("| Who | What |\n|---|---|\n| 60 people | less pain |", "60"),
    ],
)
def test_a05_finds_figures_without_a_source(body: str, found: str) -> None:
    assert messages(article(body), "A05") == [f"block: “{found}” has no source."]


def test_a05_checks_a_shared_passage_in_its_own_file_alone() -> None:
    assert messages(block("It lasted for 12 weeks."), "A05") == ["block: “12” has no source."]
    assert messages(article("{{ block: unknowns }}", blocks=["unknowns"]), "A05") == []


def test_a06_reports_what_a_source_lacks() -> None:
    text = article("One [@aetna0938], two [@asra2018news].", sources=["aetna0938", "asra2018news", "cohen2018"])
    assert messages(text, "A06") == [
        "hint: “@aetna0938” has no year.",
        "hint: Readers cannot find “@asra2018news”.",
        "block: “@cohen2018” is listed and not cited.",
    ]


def test_a06_ignores_a_citation_in_an_abbreviation() -> None:
    text = article("A scan.\n\n*[scan]: see [@cohen2018]", sources=["cohen2018"])
    assert messages(text, "A06") == ["block: “@cohen2018” is listed and not cited."]


def test_a06_counts_a_citation_in_a_shared_passage() -> None:
    text = article("{{ block: unknowns }}", blocks=["unknowns"], sources=["bell2018"])
    assert messages(text, "A06") == []


def test_a07_requires_a_recent_source_in_each_section() -> None:
    assert messages(article("## One\n\nOld [@cohen2018].\n\n## Two\n\nNone."), "A07") == [
        "warn: Every source of this section is more than 5 years old: @cohen2018."
    ]
    assert messages(article("## One\n\nOld and new [@cohen2018; @ferraro2025]."), "A07") == []
    assert messages(article("## One\n\nOld and undated [@cohen2018; @aetna0938]."), "A07") == []


def test_a28_finds_the_words_of_a_title() -> None:
    assert messages(article(f"## A page\n\n{TITLE}, says a review."), "A28") == [
        "block: 7 words in a row are those of the title of “@ferraro2025”."
    ]


@pytest.mark.parametrize(
    "body",
    [
        f"The review is called “{TITLE}”.",
        "Ketamine and other NMDA receptor antagonists may do little.",
        "The American Society of Regional Anesthesia and Pain Medicine wrote it.",
    ],
)
def test_a28_accepts_quotations_short_runs_and_names(body: str) -> None:
    assert messages(article(body), "A28") == []


def test_a06_checks_plain_pages() -> None:
    assert messages(page("Nothing cited.", front="sources: [cohen2018]\n"), "A06") == [
        "block: “@cohen2018” is listed and not cited."
    ]


def test_a_finding_has_the_line_of_the_file() -> None:
    text = article("## One\n\nFirst.\n\nIt lasted for 12 weeks.\n")
    first_line = text.first_line
    assert [finding.line for finding in findings(text, "A05")] == [first_line + 4]
