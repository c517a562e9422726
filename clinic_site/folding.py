"""Text without what cannot be seen, and text as it is compared and searched: however people type it."""

import re
import unicodedata
from functools import lru_cache

# Characters that show nothing: soft hyphens, joiners, marks of direction, fillers, variation selectors, tags (Unicode's
# Default_Ignorable_Code_Point), the blank of Braille and what frames an annotation.
NOT_SHOWN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
INVISIBLE = re.compile(f"[{NOT_SHOWN}]")
# Scripts in which a joiner changes the shape of the letters beside it: Arabic, the scripts of India, Myanmar, Khmer.
JOINING = "\u0600-\u109f\u1780-\u18af"
PICTURES = "\u2600-\u27bf\ufe0f\U0001f000-\U0001faff"
# What shows nothing by itself but shapes what is beside it: a joiner in those scripts or pictures, a variant of a sign.
SHAPING = re.compile(
    f"(?<=[{JOINING}])[\u200c\u200d](?=[{JOINING}])|(?<=[{PICTURES}])\u200d(?=[{PICTURES}])"
    "|(?<=[\u2000-\U0001fbff])[\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
# Halves and wholes of the width that East Asian keyboards type, and the ligatures of printers.
WIDTHS = re.compile("[\uff01-\uffee\ufb00-\ufb06\u3000]")
APOSTROPHES = "'`´‘’‛ʹʻʼʽʾʿˈ′՚׳ꞌ᾽᾿"
# Letters that have no accent to take off, and that people without such a key type differently.
LETTERS = {
    "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i", "ȷ": "j", "ŋ": "n", "ĸ": "k", "ə": "e", "ɛ": "e", "ɔ": "o",
    "ɩ": "i", "ʋ": "v", "ɖ": "d", "ɑ": "a", "−": "-", "⁄": "/", "ی": "ي", "ى": "ي", "ک": "ك",
}  # fmt: skip
WITH = re.compile("LATIN SMALL LETTER ([A-Z]) WITH .+")
MOST = 3  # characters that one may become: a few signs stand for a whole sentence, and stay as they are


@lru_cache(maxsize=10_000)  # characters: more than any clinic meets
def _folded(char: str) -> str:
    """What one character becomes."""
    folded = "".join(map(_letters, char if _letters(char) != char else _unfolded(char)))
    return folded if len(folded) <= MOST else char


def _unfolded(char: str) -> str:
    """The character in small letters, taken apart into its base and its accents, without its width."""
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char.casefold()).casefold())


def _letters(char: str) -> str:
    """What stands for one character of an unfolded text; "" for an accent, and for what shows nothing."""
    if unicodedata.combining(char) or INVISIBLE.match(char):
        return ""
    if char in APOSTROPHES:
        return "'"
    if unicodedata.category(char) == "Pd":
        return "-"
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    stroked = WITH.fullmatch(unicodedata.name(char, ""))
    return stroked[1].lower() if stroked else LETTERS.get(char, char)


def fold(text: str) -> str:
    """Text to compare: “ Łukasz  MUÑOZ‐O’Brien” is “lukasz munoz-o'brien”.

    Lower case without accents and strokes, one kind of apostrophe, hyphen and digit, no width, nothing invisible and
    single spaces. The same for text that is folded already.
    """
    return " ".join(unicodedata.normalize("NFC", "".join(map(_folded, text))).split())


def fold_name(name: str) -> str:
    """A name to compare: without spaces and punctuation, so that “Anne-Marie O’Brien” is “annemarieobrien”.

    People leave out a hyphen, an apostrophe or a space, or put one for the other. An @ stays: an address is no name.
    """
    folded = fold(name)
    return "".join(char for char in folded if char == "@" or unicodedata.category(char)[0] not in "PZ") or folded


def without_invisible(text: str) -> str:
    """Text without the characters that show nothing; those that shape a letter beside them stay.

    Text of which nothing can be seen is no text: "".
    """
    shown = INVISIBLE.sub(lambda found: found[0] if SHAPING.match(found.string, found.start()) else "", text)
    return shown if any(unicodedata.category(char)[0] in "LNPS" for char in INVISIBLE.sub("", shown)) else ""


def same_letters(text: str) -> str:
    """Text as it is shown, with one way to write each letter: no width, no accent apart, nothing invisible."""
    narrow = WIDTHS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), INVISIBLE.sub("", text))
    return unicodedata.normalize("NFC", narrow)
