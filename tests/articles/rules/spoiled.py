"""For each rule, a change that breaks it in the complete article, and words of the expected message."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from articles.content.source_events import SourceEvent
from articles.rules.text.page_text import PageText, SharedRun, Site
from tests.articles.rules.judged import TOPIC, WHOLE, signed, whole

Spoil = Callable[[], PageText]


def _with(old: str, new: str) -> Spoil:
    """Return a function that replaces `old`, which must occur, by `new` in the complete article."""
    assert old in WHOLE, old
    return lambda: whole(WHOLE.replace(old, new, 1))


def _after(line: str, added: str) -> Spoil:
    return _with(line, f"{line}\n\n{added}")


def _beyond(site: Site) -> Spoil:
    return lambda: whole(site=site)


LONG_WORDS = "Neuromodulatory pharmacotherapy necessitates multidisciplinary evaluation, considering contraindications"
NEWS = SourceEvent("A new label", dt.date(2026, 11, 20), ("ketalar_label",), cleared=False)
FIGURE = """```figure
kind: people
title: Who noticed a change
shows: noticed a change
arms:
  - {name: Ketamine, count: 4, of: 20}
  - {name: Placebo, count: 2, of: 20}
certainty: not graded
because: One small trial.
limits: Nothing else.
```"""
REST = "Ask your own clinician first."

SPOILED: dict[str, tuple[Spoil, str]] = {
    "A01": (_with("Drafted by people.", "TBD"), "“drafting” still holds a placeholder"),
    "A02": (_after(REST, "This page is medically reviewed."), "no reviewer has signed"),
    "A03": (_with("review_due: 2027-04-30", "review_due: 2027-09-30"), "more than 6 months off"),
    "A04": (lambda: signed(whole(), dt.date(2026, 12, 1)), "lies in the future"),
    "A05": (_after(REST, "It lasts for 12 weeks."), "“12” has no source"),
    "A06": (_with("lucas2024]\nblocks", "lucas2024, zanos2018]\nblocks"), "“@zanos2018” is listed and not cited"),
    "A07": (
        _with("Moving more may be one", "Moving more may be one [@cohen2018]"),
        "5 years old: @cohen2018",
    ),
    "A08": (_after(REST, "It is a miracle."), "“miracle” promises too much"),
    "A09": (_after(REST, "It is safe."), "“safe” stands without a limit"),
    "A10": (_after(REST, "You get 50 mg of it [@ketalar_label]."), "“50 mg” is a dose"),
    "A11": (_with("no_treatment, ", ""), "The shared passage “no_treatment” is missing"),
    "A12": (_with("Ketamine and sore backs", "Ketamine eases pain"), "above the off-label notice"),
    "A13": (_after("## Questions to take to your visit", "It eases pain."), "of no risk or doubt"),
    "A14": (_after(REST, "The FDA approved it for pain."), "as if it were approved for pain"),
    "A15": (_after(REST, "Stop taking your other pills."), "reads as advice to stop a medicine"),
    "A16": (_after("- Ask what it may cost you.", "\n\n".join([f"{LONG_WORDS}."] * 12)), "reads at grade"),
    "A17": (_after(REST, " ".join(["word"] * 31) + "."), "This sentence has 31 words"),
    "A18": (_after(REST, "\n\n".join(["It was seen."] * 9)), "of the sentences are passive"),
    "A19": (_after(REST, "See [the word](/glossary/#nothing)."), "The glossary has no term"),
    "A20": (_after(REST, "An addict needs help."), "“addict” can hurt or shame"),
    "A21": (_with("- It can raise your blood pressure [@ketalar_label].\n", ""), "“Key points” has 2 points"),
    "A22": (_with("No. Take your time.", "\n\n".join(["No. Take your time."] * 20)), "This answer has 80 words"),
    "A23": (_after(REST, "Call today."), "“Call today” pushes the reader"),
    "A24": (_after(REST, "★★★★★ Great place."), "reads as a patient's praise"),
    "A25": (_after(REST, "![A chart](https://cdn.example/a.png)"), "comes from another host"),
    "A26": (_with("Table: What people may notice", "What people may notice:"), "This table has no caption"),
    "A27": (_with("/topics/ketamine/", "/topics/flying/"), "leads nowhere"),
    "A28": (
        _after(REST, "Ketamine and other NMDA receptor antagonists for chronic pain."),
        "the title of “@ferraro2025”",
    ),
    "A29": (_after(REST, "We have the HONcode seal."), "claims a seal that means nothing here"),
    "A30": (
        _beyond(replace(TOPIC, shared_runs={"articles/a-page.md": (SharedRun(0, 12, "articles/b-page.md"),)})),
        "These words stand in articles/b-page.md too",
    ),
    "A31": (_beyond(replace(TOPIC, events=(NEWS,))), "Something is new about a source of this page"),
    "A32": (_after(REST, FIGURE), "This figure has no source"),
    "A33": (_with("- What could go wrong for me?", "- Tell me what could go wrong."), "This item is no question"),
}
