"""Word lists below content/rules/, which staff edit: phrases by “file.key”, such as “banned.words”.

A phrase matches whole words, whatever their case. “#” matches a number, “*” at the end of a word any ending, a hyphen
also a dash, an “l” also its look-alikes: look_alikes.py folds the texts first.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from clinic_site.content.files import SourceFile
from clinic_site.content.yaml_fields import parse_yaml
from clinic_site.text.look_alikes import fold_look_alikes

FOLDER = "rules"
KEYS: Mapping[str, tuple[str, ...]] = {
    "banned": ("words", "harmless"),
    "watched": ("strong", "weak", "harmless", "qualifiers"),
    "balance": ("benefit", "harmless", "doubt", "negations"),
    "medicines": ("units", "stopping", "harmless", "safeguards"),
    "people": ("stigma", "nicknames", "harmless"),
    "selling": ("testimonials", "glyphs", "seals", "pushing", "neutral_labels", "vague_labels", "vague_pictures"),
    "links": ("allowed_hosts", "sellers"),
    "required": ("ketamine_topics", "article_blocks", "ketamine_blocks", "article_sections", "risk_headings"),
    "figures": ("harmless", "study_phrases"),
    "reading": ("defined_drugs", "forms_of_be", "participles", "not_passive"),
    "wording": ("placeholders", "reviewed", "names"),
}
FILES = tuple(f"{FOLDER}/{name}.yaml" for name in KEYS)
NUMBER = r"\d[\d,.:]{0,20}"  # bounded, so that a long row of digits and commas takes linear time
L = re.compile("l", re.IGNORECASE)
# A capital I or a 1 beside a small letter looks like an l; beside a capital (“FAIL”) or alone it does not.
L_LIKE = "(?-i:[lL]|(?<=[a-z])[I1]|(?<=[a-z][I1])[I1]|[I1](?=[I1]?[a-z]))"
Phrases = tuple[str, ...]


@dataclass(frozen=True)
class Lists:
    phrases: Mapping[str, Phrases]
    digest: str  # of the files' bytes

    @classmethod
    def of(cls, files: Sequence[tuple[Mapping[str, Phrases], str]]) -> "Lists":
        """Join the lists of all files, each with its digest."""
        phrases = {name: found for lists, _ in files for name, found in lists.items()}
        return cls(phrases, hashlib.sha256("".join(digest for _, digest in files).encode()).hexdigest())

    def __getitem__(self, name: str) -> Phrases:
        return self.phrases[name]

    def pattern(self, *names: str) -> re.Pattern[str]:
        """Return a pattern that finds the phrases of the lists `names`, the longest first."""
        return phrase_pattern(tuple(phrase for name in names for phrase in self[name]))


def parse_list(source: SourceFile) -> Mapping[str, Phrases]:
    """Read the lists of one file. Raises ContentError."""
    name = Path(source.path).stem
    fields = parse_yaml(source.path, source.text)
    phrases = {f"{name}.{key}": tuple(map(fold_look_alikes, fields.texts(key))) for key in KEYS[name]}
    fields.done()
    return phrases


@lru_cache(maxsize=128)
def phrase_pattern(phrases: Phrases) -> re.Pattern[str]:
    """Return a pattern that finds any of `phrases` as whole words, and nothing when there are none."""
    alternatives = "|".join(_one(phrase) for phrase in sorted(phrases, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{alternatives})(?![\w-])" if phrases else r"(?!)", re.IGNORECASE)


def _one(phrase: str) -> str:
    """Return the pattern of one phrase."""
    words = [re.escape(word).replace(r"\-", r"\s?-\s?").replace(r"\#", NUMBER) for word in phrase.split()]
    return L.sub(L_LIKE, r"\s+".join(words).replace(r"\*", r"\w*"))
