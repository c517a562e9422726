"""Folding: text without invisible characters, and text as the site compares and searches it."""

import re
import unicodedata
from functools import lru_cache

# Invisible characters: soft hyphens, joiners, direction marks, fillers, variation selectors, tags (Unicode's
# Default_Ignorable_Code_Point), the Braille blank and annotation marks.
NOT_SHOWN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
INVISIBLE = re.compile(f"[{NOT_SHOWN}]")
# Scripts in which a joiner changes the shape of the letters beside it: Arabic, the scripts of India, Myanmar, Khmer.
JOINING = "\u0600-\u109f\u1780-\u18af"
PICTURES = "\u2600-\u27bf\ufe0f\U0001f000-\U0001faff"
# Invisible characters that change a neighbor: a joiner in those scripts or in pictures, a variation selector.
SHAPING = re.compile(
    f"(?<=[{JOINING}])[\u200c\u200d](?=[{JOINING}])|(?<=[{PICTURES}])\u200d(?=[{PICTURES}])"
    "|(?<=[\u2000-\U0001fbff])[\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
# Half-width and full-width forms of East Asian keyboards, and Latin ligatures.
WIDTHS = re.compile("[\uff01-\uffee\ufb00-\ufb06\u3000]")
APOSTROPHES = "'`´‘’‛ʹʻʼʽʾʿˈ′՚׳ꞌ᾽᾿"
# Letters without a removable accent, which people without such a key type differently.
LETTERS = {
    "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i", "ȷ": "j", "ŋ": "n", "ĸ": "k", "ə": "e", "ɛ": "e", "ɔ": "o",
    "ɩ": "i", "ʋ": "v", "ɖ": "d", "ɑ": "a", "−": "-", "⁄": "/", "ی": "ي", "ى": "ي", "ک": "ك",
}  # fmt: skip
WITH = re.compile("LATIN SMALL LETTER ([A-Z]) WITH .+")
EVERYDAY = re.compile("[\x00-\x7f“”’]*")  # most lines of a text: folded as a whole, in a fifth of the time
MOST = 3  # characters that one may become; a few signs that become a whole sentence are not folded


@lru_cache(maxsize=10_000)  # characters: more than any clinic meets
def _folded(char: str) -> str:
    """Return the folded form of one character."""
    folded = "".join(map(_letters, char if _letters(char) != char else _unfolded(char)))
    return folded if len(folded) <= MOST else char


def _unfolded(char: str) -> str:
    """Return the character in small letters, decomposed into base and accents, without its width."""
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char.casefold()).casefold())


def _letters(char: str) -> str:
    """Return the folded form of one character of a decomposed text; "" for accents and invisible characters."""
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
    """Return `text` in the form in which it is compared: “ Łukasz  MUÑOZ‐O’Brien” becomes “lukasz munoz-o'brien”.

    The form is lower case without accents, strokes and widths, with one kind of apostrophe, hyphen and digit, single
    spaces and nothing invisible. Folding a folded text changes nothing.
    """
    if EVERYDAY.fullmatch(text):
        return " ".join(text.lower().replace("`", "'").replace("’", "'").split())
    return " ".join(unicodedata.normalize("NFC", "".join(map(_folded, text))).split())


def fold_name(name: str) -> str:
    """Return a name in the form in which names are compared: “Anne-Marie O’Brien” becomes “annemarieobrien”.

    Spaces and punctuation are removed, because people vary them. An @ stays: an address is not a name.
    """
    folded = fold(name)
    return "".join(char for char in folded if char == "@" or unicodedata.category(char)[0] not in "PZ") or folded


def without_invisible(text: str) -> str:
    """Return `text` without invisible characters, except those that shape a letter beside them.

    A text without any visible character becomes "".
    """
    shown = INVISIBLE.sub(lambda found: found[0] if SHAPING.match(found.string, found.start()) else "", text)
    return shown if any(unicodedata.category(char)[0] in "LNPS" for char in INVISIBLE.sub("", shown)) else ""


def same_letters(text: str) -> str:
    """Return `text` in NFC, without width variants and invisible characters: equal texts look equal."""
    narrow = WIDTHS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), INVISIBLE.sub("", text))
    return unicodedata.normalize("NFC", narrow)
