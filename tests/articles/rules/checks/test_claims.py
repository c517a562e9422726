"""Rules A08, A09, A12, A13 and A14: promises."""

import pytest

from tests.articles.rules.judged import article, block, messages, page


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
def test_a08_finds_banned_words_in_every_kind_of_passage(body: str, found: str) -> None:
    assert messages(article(body), "A08") == [f"block: “{found}” promises too much."]


def test_a08_checks_title_summary_and_every_kind_of_file() -> None:
    banned = ["block: “guaranteed” promises too much."]
    assert messages(article("Text.", summary="Rest is guaranteed."), "A08") == banned
    assert messages(page("Rest is guaranteed."), "A08") == banned
    assert messages(block("Rest is guaranteed."), "A08") == banned


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
def test_a08_checks_plain_text_fields_as_visible(field: str, typed: object) -> None:
    found = messages(article("Text.", **{field: typed}), "A08")
    assert [message.lower() for message in found] == ["block: “miracle” promises too much."]


@pytest.mark.parametrize("body", ["It is natural to worry.", "Is it secure? The curette is clean.", "Eat cured meat."])
def test_a08_accepts_words_that_only_look_similar(body: str) -> None:
    assert messages(article(body), "A08") == []


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
def test_a08_accepts_a_marked_word_in_a_denial_quotation_or_myth(body: str) -> None:
    assert messages(article(body), "A08") == ["accepted: a denial"]


@pytest.mark.parametrize(
    "body",
    [
        "It is a cure. {claim-ok: the boss says so}",
        "It is not a cure. {claim-ok: }",
        "A cure. {claim-ok: x}\n\n## Myths",
    ],
)
def test_a08_refuses_a_mark_elsewhere_or_without_a_reason(body: str) -> None:
    assert messages(article(body), "A08") == ["block: “cure” may not stand here, mark or no mark."]


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
def test_a09_finds_claims_without_a_limit(body: str, level: str, found: str) -> None:
    assert messages(article(body), "A09") == [f"{level}: “{found}” stands without a limit."]


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
def test_a09_accepts_limits_sources_questions_and_idioms(body: str) -> None:
    assert messages(article(body), "A09") == []


def test_a09_reports_each_sentence_once_and_skips_plain_pages() -> None:
    assert messages(article("It is safe, powerful and rare. It is mild."), "A09") == [
        "block: “safe” stands without a limit.",
        "warn: “mild” stands without a limit.",
    ]
    assert messages(page("Every form is safe with us."), "A09") == []


def test_a12_requires_the_notice_at_the_top_of_pages_about_ketamine() -> None:
    placed = "Text.\n\n{{ block: off_label }}\n"
    text = article(placed, topics=["ketamine"], blocks=["off_label"])
    assert messages(text, "A12") == ["block: The off-label notice is too far down."]
    assert messages(article(placed, topics=["sleep"], blocks=["off_label"]), "A12") == []
    assert messages(article("Text.", topics=["ketamine"], blocks=["off_label"]), "A12") == []


def test_a12_refuses_a_benefit_in_the_title() -> None:
    promising = {"topics": ["ketamine"], "title": "How ketamine relieves pain"}
    assert messages(article("Text.", **promising), "A12") == [
        "block: The title speaks of a benefit above the off-label notice."
    ]


ONE_SIDED = "block: This section speaks of a benefit and of no risk or doubt."


@pytest.mark.parametrize(
    ("body", "wanted"),
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
def test_a13_requires_doubt_in_each_section_with_a_benefit(body: str, wanted: list[str]) -> None:
    assert messages(article(body, blocks=["unknowns", "other_options"]), "A13") == wanted


@pytest.mark.parametrize(
    ("body", "wanted"),
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
def test_a14_finds_approved_near_pain_without_a_negation(body: str, wanted: list[str]) -> None:
    assert messages(article(body), "A14") == wanted
