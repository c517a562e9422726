"""A08, A09, A12, A13 and A14: what may be promised."""

import pytest

from tests.articles.rules.judged import article, block, page, told


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("It is a miracle.", "miracle"),
        ("## A Breakthrough\n\nText.", "Breakthrough"),
        ("- a pain-free life", "pain-free"),
        ("| Drug | Effect |\n|---|---|\n| It | a cure |", "cure"),
        ("It works and is\ncompletely\nsafe.", "completely safe"),
        ("A natural remedy.", "natural"),
        ("A walk.\n\n*[walk]: a miracle", "miracle"),
    ],
)
def test_a08_finds_banned_words_wherever_they_stand(body: str, found: str) -> None:
    assert told(article(body), "A08") == [f"block: “{found}” promises too much."]


def test_a08_reads_title_and_summary_and_every_kind_of_file() -> None:
    banned = ["block: “guaranteed” promises too much."]
    assert told(article("Text.", summary="Rest is guaranteed."), "A08") == banned
    assert told(page("Rest is guaranteed."), "A08") == banned
    assert told(block("Rest is guaranteed."), "A08") == banned


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("title", "Ask [us](a miracle)"),
        ("summary", "See [@miracle] and {{ clinic: name }}."),
        ("summary", "Rest <!-- a miracle --> helps."),
        ("audience", "Those [who](/x 'wait for a miracle')."),
        ("main_message", "No [^miracle]: it may help."),
        ("main_message", "It is not a miracle {claim-ok: a denial}."),
        ("conflict", "A miracle at {{ clinic: name }}."),
        ("drafting", "A mir&#97;cle\u200b drafted it."),
        ("drafting", "A _miracle_--so to speak."),
        ("author", {"name": "Dr. Miracle", "role": "writer"}),
        ("author", {"name": "Team", "role": "mirасle makers"}),
    ],
)
def test_a08_reads_what_is_no_markdown_as_readers_see_it(field: str, typed: object) -> None:
    said = told(article("Text.", **{field: typed}), "A08")
    assert [each.lower() for each in said] == ["block: “miracle” promises too much."]


@pytest.mark.parametrize("body", ["It is natural to worry.", "Is it secure? The curette is clean.", "Eat cured meat."])
def test_a08_knows_what_only_looks_alike(body: str) -> None:
    assert told(article(body), "A08") == []


@pytest.mark.parametrize(
    "body",
    [
        "It is not a cure. {claim-ok: a denial}",
        "No drug is a cure {claim-ok: a denial}.",
        "A page called “A cure at last” went round. {claim-ok: a denial}",
        "### Myth: It is a cure {claim-ok: a denial}\n\nText.",
        "> [!CARE] a myth\n> It is a cure. {claim-ok: a denial}",
    ],
)
def test_a08_lets_a_marked_word_stand_in_a_denial_a_quotation_or_a_myth(body: str) -> None:
    assert told(article(body), "A08") == ["accepted: a denial"]


@pytest.mark.parametrize(
    "body",
    [
        "It is a cure. {claim-ok: the boss says so}",
        "It is not a cure. {claim-ok: }",
        "A cure. {claim-ok: x}\n\n## Myths",
    ],
)
def test_a08_takes_no_mark_elsewhere_and_none_without_a_reason(body: str) -> None:
    assert told(article(body), "A08") == ["block: “cure” may not stand here, mark or no mark."]


@pytest.mark.parametrize(
    ("body", "level", "found"),
    [
        ("The drug is safe.", "block", "safe"),
        ("It gives powerful relief.", "block", "powerful"),
        ("Doctors recommend it.", "block", "Doctors recommend"),
        ("It always eases off.", "warn", "always"),
        ("Bad effects are rare.", "warn", "rare"),
        ("The proof is safe and not hard to see.", "block", "safe"),
    ],
)
def test_a09_finds_words_that_claim_without_a_limit(body: str, level: str, found: str) -> None:
    assert told(article(body), "A09") == [f"{level}: “{found}” stands without a limit."]


@pytest.mark.parametrize(
    "body",
    [
        "It may be safe.",
        "Some people felt relief.",
        "It was effective in one study.",
        "It works for a while [@cohen2018].",
        "Is it safe?",
        "It is not safe.",
        "Never stop it on your own.",
        "Bring every medicine.",
        "It hurts all over.",
    ],
)
def test_a09_lets_limits_sources_questions_and_idioms_stand(body: str) -> None:
    assert told(article(body), "A09") == []


def test_a09_tells_of_each_sentence_once_and_leaves_plain_pages_alone() -> None:
    assert told(article("It is safe, powerful and rare. It is mild."), "A09") == [
        "block: “safe” stands without a limit.",
        "warn: “mild” stands without a limit.",
    ]
    assert told(page("Every form is safe with us."), "A09") == []


def test_a12_wants_the_notice_on_top_of_pages_about_ketamine() -> None:
    placed = "Text.\n\n{{ block: off_label }}\n"
    text = article(placed, topics=["ketamine"], blocks=["off_label"])
    assert told(text, "A12") == ["block: The off-label notice is too far down."]
    assert told(article(placed, topics=["sleep"], blocks=["off_label"]), "A12") == []
    assert told(article("Text.", topics=["ketamine"], blocks=["off_label"]), "A12") == []


def test_a12_keeps_benefits_out_of_the_title() -> None:
    promising = {"topics": ["ketamine"], "title": "How ketamine relieves pain"}
    assert told(article("Text.", **promising), "A12") == [
        "block: The title speaks of a benefit above the off-label notice."
    ]


ONE_SIDED = "block: This section speaks of a benefit and of no risk or doubt."


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("## One\n\nIt eases pain.", [ONE_SIDED]),
        ("## One\n\nIt eases pain.\n\n*[pain]: it has risks", [ONE_SIDED]),
        ("## One\n\nIt eases pain.\n\n## Two\n\nIt has risks.", [ONE_SIDED]),
        ("## One\n\nIt eases pain, and parking is not hard.", [ONE_SIDED]),
        ("## One\n\nIt eases pain.\n\n### More\n\nIt has risks.", []),
        ("## One\n\nIt eases pain.\n\n{{ block: unknowns }}", []),
        ("## One\n\nShots are less painful here.", []),
        ("## One\n\n{{ block: other_options }}", []),
    ],
)
def test_a13_wants_doubt_in_each_section_that_speaks_of_a_benefit(body: str, said: list[str]) -> None:
    assert told(article(body, blocks=["unknowns", "other_options"]), "A13") == said


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("The FDA approved it for back pain.", ["block: This reads as if it were approved for pain."]),
        ("It has approval, and pain eases.", ["block: This reads as if it were approved for pain."]),
        ("The FDA has not approved it for pain.", []),
        ("Did the FDA approve it for pain, or is it approved for sleep?", []),
        ("It is approved for sleep. Pain is another thing.", []),
        ("It is unapproved for pain.", []),
        ("It is approved " + "and well known " * 8 + "for pain.", []),
        ("Duloxetine is approved for some nerve pain. {claim-ok: its label says so}", ["accepted: its label says so"]),
    ],
)
def test_a14_finds_approved_near_pain_without_a_not(body: str, said: list[str]) -> None:
    assert told(article(body), "A14") == said
