"""Figures for editors to fill in: one of each kind, with its fences, as the editor puts it into a text."""

FENCE = "```figure\n{}\n```"
NOTES = """limits: What it leaves out.
source: A trial of so many people [@key]."""
FINDING = f"""certainty: not graded
because: "One small trial."
{NOTES}"""
TEMPLATES = {
    "People: how many of 100, on both sides": f"""kind: people
title: What happened to people in the study
shows: had it happen
arms:
  - {{name: "with the drug", count: 2, of: 100}}
  - {{name: "with placebo", count: 1, of: 100}}
{FINDING}""",
    "Interval: an estimate, its range, and the line of no difference": f"""kind: interval
title: Pain after treatment, compared with placebo
unit: points of 10
from: -4
to: 1
lower: less pain with the drug
higher: more pain
rows:
  - {{name: "The study", estimate: -1, low: -2, high: 0.5}}
{FINDING}""",
    "Certainty: how sure each finding is": f"""kind: certainty
title: How sure the experts are
rows:
  - {{name: "The first finding", level: low, note: "Who says so [@key]."}}
  - {{name: "A finding that experts dispute", level: very low, to: moderate, disputed: true}}
{NOTES}""",
    "Timeline: what happened when": f"""kind: timeline
title: What happened when
events:
  - {{when: "2018", what: "What was approved.", mark: approved}}
  - {{when: "2023", what: "What the warning was about.", mark: warning}}
  - {{when: "2025", what: "What else happened.", mark: other}}
{NOTES}""",
    "Steps of a visit": f"""kind: steps
title: The visit, step by step
steps:
  - {{name: "First", what: "What happens, and what you can do."}}
  - {{name: "Then", what: "What happens, and what you can do."}}
{NOTES}""",
}


def figure_templates() -> list[tuple[str, str]]:
    """Return the name of each kind, and a figure of the kind to fill in."""
    return [(name, FENCE.format(text)) for name, text in TEMPLATES.items()]
