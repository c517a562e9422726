"""Harmless plain sentences for the articles of a measured library."""

import random

WORDS = {
    "place": "garden kitchen harbor market library orchard station workshop meadow square bakery park lane porch",
    "thing": "basket bench blanket bowl candle chair coat cup diary drawer kettle ladder lamp letter map radio rope",
    "creature": "blackbird cat dog duck fox goat hedgehog heron horse magpie otter rabbit robin sheep sparrow squirrel",
    "person": "aunt baker builder cousin driver farmer friend gardener grandmother librarian neighbor painter teacher",
    "does": "carries finds fixes follows keeps leaves likes mends moves notices paints places remembers sees watches",
    "how": "again alone early evenly gently lightly often quietly slowly steadily together twice warmly",
    "kind": "blue broad brown clean dry bare fresh gray green heavy light little long narrow tall plain quiet warm",
    "time": "autumn breakfast dawn dinner dusk evening lunch midday monday morning night spring summer sunset winter",
}
CHOICES = {slot: words.split() for slot, words in WORDS.items()}
SENTENCES = (
    "At {time} the {person} {does} a {kind} {thing} near the {place}.",
    "A {kind} {creature} sits {how} by the {place} until {time}.",
    "Nobody asks why the {thing} stands in the {place}, and the {creature} does not mind.",
    "The {person} writes “{kind} and {kind}” on the {thing} before {time}.",
    "Some days are about {term}, others about a {kind} {thing} and a walk to the {place}.",
    "When the {place} is {kind}, the {person} {does} the {thing} {how}.",
    "It takes a {kind} {time} for the {creature} to cross the {place} -- no more than that.",
    "The {person}'s {thing} is **{kind}**, the {creature}'s corner of the {place} is *{kind}*.",
    "You may ask the {person} about {term}, or talk about the {creature} instead.",
    "Between {time} and {time} the {place} belongs to the {creature}, which {does} it {how}.",
    "Put the {thing} beside the {kind} {thing}, wait for {time}, then look at both {how}.",
    "In a {kind} {place}, one {person} {does} what another {person} {does} in a {kind} one.",
)
NAMES = ("About the {place}", "Why the {creature} waits", "A {kind} {thing}", "What the {person} does at {time}")
QUESTIONS = ("Does the {creature} need the {thing}?", "Is the {place} {kind} at {time}?", "May the {person} wait?")


class Writer:
    """Fills sentence patterns with words; the seed determines the text."""

    def __init__(self, seed: str, terms: list[str]) -> None:
        self.random = random.Random(seed)  # noqa: S311 (texts to measure with, not secrets)
        self.choices = CHOICES | {"term": terms}

    def sentence(self, patterns: tuple[str, ...] = SENTENCES) -> str:
        """Return a sentence with a different word in each slot."""
        pieces = self.random.choice(patterns).split("{")
        filled = [self.fill(*piece.split("}", 1)) for piece in pieces[1:]]
        text = pieces[0] + "".join(filled)
        return text[0].upper() + text[1:]

    def fill(self, slot: str, rest: str) -> str:
        return self.random.choice(self.choices[slot]) + rest

    def paragraph(self, source: str = "") -> str:
        """Return three to six sentences; the last one cites `source` if given."""
        text = " ".join(self.sentence() for _ in range(self.random.randint(3, 6)))
        return f"{text[:-1]} [@{source}]." if source else text

    def words(self, *slots: str) -> list[str]:
        return [self.random.choice(self.choices[slot]) for slot in slots]
