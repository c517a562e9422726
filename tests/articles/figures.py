"""A figure of each kind, as an editor would type it."""

NOTES = """limits: "Whether it lasts."
source: "A trial of 40 people [@walking2020]."
"""
FINDING = f"""certainty: low
because: One small trial.
{NOTES}"""
PEOPLE = f"""kind: people
title: Who had a *sore* back
shows: had a sore back
arms:
  - {{name: with walks, count: 76, of: 100}}
  - {{name: with rest, count: 18, of: 100}}
{FINDING}"""
INTERVAL = f"""kind: interval
title: Pain after a walk
unit: points of 10
from: -4
to: 1
lower: less pain
higher: more pain
rows:
  - {{name: A review, estimate: -1.8, low: -2.40, high: 0.5}}
{FINDING}"""
CERTAINTY = f"""kind: certainty
title: How sure we are
rows:
  - {{name: Walks help, level: low}}
  - {{name: Rest helps, level: very low, to: moderate, disputed: true, note: "See [@walking2020]."}}
{NOTES}"""
TIMELINE = f"""kind: timeline
title: Walks over the years
events:
  - {{when: "1999", what: Walks were allowed., mark: approved}}
  - {{when: "2023", what: A warning came out., mark: warning}}
  - {{when: "2025", what: A review came out., mark: other}}
{NOTES}"""
STEPS = f"""kind: steps
title: A walk
steps:
  - {{name: Shoes, what: Put them on.}}
  - {{name: Door, what: Go out.}}
{NOTES}"""
EVERY_KIND = {"people": PEOPLE, "interval": INTERVAL, "certainty": CERTAINTY, "timeline": TIMELINE, "steps": STEPS}


def fenced(text: str) -> str:
    """Return the Markdown of the figure with this YAML."""
    return f"```figure\n{text.rstrip()}\n```\n"


def changed(text: str, old: str, new: str) -> str:
    """Return the YAML with `new` for `old`, which must occur."""
    assert old in text, old
    return text.replace(old, new, 1)
