"""The notice of free language help, from content/language_help.yaml: a sentence in each language."""

import re
from dataclasses import dataclass

from clinic_site.content.files import SourceFile
from clinic_site.content.yaml_fields import Fields, parse_yaml

FILE = "language_help.yaml"
LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")  # of RFC 5646, as far as pages need it
DIRECTIONS = ("ltr", "rtl")


@dataclass(frozen=True)
class LanguageHelp:
    """A sentence to which pages add the phone numbers of the offices."""

    name: str  # of the language, in that language
    english: str  # name of the language for staff
    lang: str
    direction: str
    sentence: str
    checked: bool  # somebody who speaks the language has read the sentence
    line: int  # in the file


def parse_language_help(source: SourceFile) -> tuple[LanguageHelp, ...]:
    """Return the languages in the order of the file. Raises ContentError."""
    file = parse_yaml(source.path, source.text)
    found: dict[str, LanguageHelp] = {}
    for fields in file.each("languages"):
        language = _language(fields)
        if language.lang in found:
            raise fields.error("lang", f"“{language.lang}” stands twice. Keep one of the entries.")
        found[language.lang] = language
    file.done()
    return tuple(found.values())


def _language(fields: Fields) -> LanguageHelp:
    language = LanguageHelp(
        name=fields.text("name"),
        english=fields.text("english"),
        lang=fields.text("lang"),
        direction=fields.choice("direction", DIRECTIONS),
        sentence=fields.text("sentence"),
        checked=fields.flag("checked"),
        line=fields.line,
    )
    if not LANGUAGE_TAG.fullmatch(language.lang):
        raise fields.error("lang", f"“{language.lang}” is no language tag. Write it like es, ht or zh-Hant.")
    fields.done()
    return language
