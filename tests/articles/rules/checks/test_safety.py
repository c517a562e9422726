"""Rules A10, A11, A15 and A20: safety and respect."""

import pytest

from tests.articles.rules.judged import WHOLE, article, block, messages, whole


@pytest.mark.parametrize(
    "dose",
    [
        *(
            "50 mg",
            "0.5 mg/kg",
            "20mcg",
            "0.1 mg/kg",
            "5 mL",
            "half a milligram",
            "2,000 mcg",
            "1/2 mg",
            "a quarter of a milligram",
        ),
        *("twenty mg", "twenty-five milligrams", "ninety mg", "eleven ml"),
    ],
)
def test_a10_finds_doses_and_rates(dose: str) -> None:
    assert messages(article(f"You get {dose} of it."), "A10") == [f"block: “{dose}” is a dose."]


@pytest.mark.parametrize("typed", ["50-100 mg", "50 to 100 mg", "-100 mg"])
def test_a10_finds_the_end_of_a_range(typed: str) -> None:
    assert messages(article(f"You get {typed} of it."), "A10") == ["block: “100 mg” is a dose."]


@pytest.mark.parametrize(
    "body",
    [
        "It ran for 4 hours on 10 days.",
        "A low dose.",
        "5 mice",
        "Vitamin B-12 ml.",
        "one-sided mg",
        "about 24.3% of adults",
    ],
)
def test_a10_accepts_other_figures(body: str) -> None:
    assert messages(article(body), "A10") == []


def test_a10_checks_shared_passages() -> None:
    assert messages(block("Take 5 ml."), "A10") == ["block: “5 ml” is a dose."]


def test_a11_requires_more_of_a_page_about_ketamine() -> None:
    missing = [f"block: The shared passage “{name}” is missing." for name in ("risks", "warning_signs")]
    text = WHOLE.replace("risks, ", "").replace("warning_signs, ", "")
    assert messages(whole(text), "A11") == missing
    assert messages(whole(text.replace("topics: [ketamine]", "topics: [visits]")), "A11") == []


def test_a11_accepts_a_section_on_side_effects_in_place_of_the_passage() -> None:
    text = WHOLE.replace("risks, ", "").replace("## Other options", "## Side effects, in short\n\n## Other options")
    assert messages(whole(text), "A11") == []


def test_a11_requires_the_fixed_sections() -> None:
    text = WHOLE.replace("## Questions to take to your visit", "## What to ask")
    assert messages(whole(text), "A11") == ["block: The section “Questions to take to your visit” is missing."]


@pytest.mark.parametrize(
    "body",
    [
        "Stop taking your pills.",
        "Many people come off opioids then.",
        "You can taper off within a week.",
        "- quit your sleep drug",
        "Stop taking your pills.\n*[pills]: talk with your doctor",
        "- Stop taking your pills.\n  *[pills]: talk with your doctor",
        "> Stop taking your pills.\n*[pills]: never on your own",
        "Stop taking your pills.\n[^1]: Talk with your doctor.",
        "Stop taking your pills.\n[^1]:Talk with your doctor.",
    ],
)
def test_a15_finds_advice_to_stop_a_drug(body: str) -> None:
    assert len(messages(article(body), "A15")) == 1


@pytest.mark.parametrize(
    "body",
    [
        "Do not stop taking your pills.",
        "Never stop taking a drug on your own.",
        "You may want to come off a drug. Talk with the person who prescribes it.",
        "Should I stop taking my pills?",
        "You can stop taking part at any time.",
        "If you quit smoking, sleep may get worse.",
    ],
)
def test_a15_accepts_safe_advice(body: str) -> None:
    assert messages(article(body), "A15") == []


@pytest.mark.parametrize("word", ["addicts", "a drug abuser", "a sufferer", "victims", "Special K", "stays clean"])
def test_a20_finds_words_that_shame(word: str) -> None:
    assert len(messages(article(f"People call them {word}."), "A20")) == 1


@pytest.mark.parametrize(
    "body",
    ["Addiction is an illness.", "Wash until it is clean.", "Have no alcoholic drinks.", "People use drugs."],
)
def test_a20_accepts_neutral_words(body: str) -> None:
    assert messages(article(body), "A20") == []
