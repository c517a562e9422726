"""Sentences that the desk may show on a patient's page, from content/answers.yaml.

They say nothing about health, because others may see that page: the file is refused with the line of such a word.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from django.conf import settings

from clinic_site.content import last_good
from clinic_site.content.files import SourceFile, file_signature
from clinic_site.content.reloading import Reloading
from clinic_site.content.yaml_fields import Fields, parse_yaml
from clinic_site.text.folding import fold

FILE = "answers.yaml"
LONGEST = 500  # characters, as the request stores them
CannedAnswers = Mapping[str, str]  # name for the desk -> text for the patient
# Beginnings of words about health, care and money for care.
HEALTH = re.compile(
    r"\b(?:addict|allerg|anesth|anxi|blood|cancer|condition|cure|depress|diagnos|disab|disease|doctor|dose|drug"
    r"|exam\b|exams\b|examin|heal\b|health|hospital|ill\b|illness|infus|inject|injur|insur|ketamine|lab\b|labs\b"
    r"|medic|mental|mri\b|nerve|nurs|opioid|overdos|pain|patholog|pharma|pill|pregnan|prescri|procedure|psych|refill"
    r"|results?\b|scans?\b|sick|substance|surg|symptom|test\b|tests\b|therap|treat|xray|x-ray)\w*"
)


def get_canned_answers() -> CannedAnswers:
    """Return the current sentences, in the order of the file; the last good ones while the file has an error."""
    return _watched(settings.CONTENT_DIR).get()


def parse_canned_answers(source: SourceFile) -> CannedAnswers:
    """Return the sentences of the file. Raises ContentError."""
    fields = parse_yaml(source.path, source.text)
    answers: dict[str, str] = {}
    for entry in fields.each("answers"):
        name, text = entry.text("name"), " ".join(entry.text("text").split())
        entry.done()
        if name in answers:
            raise entry.error("name", f"Two answers have the name “{name}”. Give each its own.")
        _check(entry, text)
        answers[name] = text
    fields.done()
    return answers


def _check(entry: Fields, text: str) -> None:
    """Raise ContentError for a text that is too long or mentions health."""
    if len(text) > LONGEST:
        raise entry.error("text", f"This answer has {len(text)} characters. Make it {LONGEST} or fewer.")
    if found := HEALTH.search(fold(text)):
        message = f"“{found[0]}” may be about health. Others may see the patient's page: write the answer without it."
        raise entry.error("text", message)


@cache
def _watched(root: Path) -> Reloading[CannedAnswers]:
    return Reloading(lambda: file_signature(root / FILE), lambda previous: load_canned_answers(root, previous))


def load_canned_answers(root: Path, previous: CannedAnswers | None = None) -> CannedAnswers:
    """Return the sentences of the file; none if there never were good ones. See last_good.read()."""
    return last_good.read(root, FILE, parse_canned_answers, previous, empty={})
