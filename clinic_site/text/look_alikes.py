"""Fold look-alike characters to one, so that rules find a word however it was typed.

Only the text that rules compare is folded; pages show the text as typed. Accents are removed: “mirácle” becomes
“miracle”.
"""

import re
import unicodedata

from clinic_site.text.folding import INVISIBLE

APOSTROPHES = "’‘‛ʼʻʹ´′"
WIDE_DASHES = "‒–—―⸺⸻〜"  # punctuation, or used as a hyphen: only the rule can tell
HYPHENS = "−˗⁃"  # hyphens outside Unicode's category of dashes
BLANKS = "\u2800\u3164"  # blank characters as wide as a letter
NO_PART = "™℠\ufffc\ufffd"  # visible, but not part of a word: signs and replacement characters
# Letters of other scripts -> the Latin ones they look like.
CYRILLIC = (
    "аеорсухѕіјԛԝһԁӏкмтвнпьгүѵѡҽꙇАВЕКМНОРСТУХЅІЈԚԜҺӀҮѴЬԌ",
    "aeopcyxsijqwhdlkmtbhnbryvweiABEKMHOPCTYXSIJQWHIYVbG",
)
GREEK = ("αεικνορστυχγηϲϳΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹϺͿϜ", "aeikvopotuxyncjABEZHIKMNOPTYXCMJF")  # not μ: it is a unit
COPTIC = ("ⲁⲃⲅⲉⲍⲏⲓⲕⲙⲛⲟⲣⲥⲧⲩⲭⲀⲂⲈⲌⲎⲒⲔⲘⲚⲞⲢⲤⲦⲨⲬ", "abrezhikmnopctyxABEZHIKMNOPCTYX")
ARMENIAN = ("օոսհցզռգքաՍՏՕ", "onuhgqnqfwUSO")
CHEROKEE = ("ᎪᏴᏟᎠᎬᏀᏳᎻᎫᏦᏞᎷᏢᏒᎡᏚᏕᎢᏙᎳᏔᎽᎩᏃᏏᏧᏂᎥ", "ABCDEGGHJKLMPRRSSTVWWYYZbdhi")
LISU = ("ꓐꓑꓒꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ", "BPdDTGKJCZFMNLSRVHWXYAEIOU")
SYLLABICS = ("ᗅᗷᗪᖴᕼᒍᒪᗰᑭᖇᑌᐯᑲᑯ", "ABDFHJLMPRUVbd")
SIGNS = ("⍺⍳⍴∨⊤∪ⵔⵝჿყƦƽƖ", "aipvTUOXoyRsl")
SCRIPTS = (CYRILLIC, GREEK, COPTIC, ARMENIAN, CHEROKEE, LISU, SYLLABICS, SIGNS)
OTHER_LETTERS = {"ɑ": "a", "ɩ": "i", "ǀ": "l", "℮": "e", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ß": "ss"}
OTHER_SIGNS = {"⁄": "/", "∕": "/", "٫": ".", "٬": ",", "٪": "%", "؟": "?"}
# Controls, unassigned and private characters, combining marks.
INVISIBLE_CATEGORIES = ("Cc", "Cf", "Cn", "Co", "Cs", "Me", "Mn")
STAND_INS = map(chr, range(0xFDD0, 0xFDF0))  # noncharacters, with which visible_text.py marks places
IN_A_WORD = re.compile(r"[®©](?=[^\W\d_])")  # used as a letter; after a name they are signs
PLAIN = re.compile(r"[\t\n -~]*")
# A Latin letter by its name in Unicode: with a stroke, in a circle, as a small capital …
NAMED = re.compile(
    r"(?:LATIN (?:SMALL|CAPITAL) LETTER (?:DOTLESS |OPEN |SCRIPT |BLACKLETTER |LENIS |SIDEWAYS )?"
    r"|LATIN LETTER SMALL CAPITAL|REGIONAL INDICATOR SYMBOL LETTER) ?([A-Z])(?: WITH(?:OUT)? .*)?$"
)


def fold_look_alikes(text: str) -> str:
    """Return `text` with look-alike characters as one: widths, fractions, digits, dashes, letters, invisible ones.

    Line breaks and case stay. Wide dashes become “ - ”.
    """
    if PLAIN.fullmatch(text):
        return text
    return IN_A_WORD.sub(lambda sign: "r" if sign[0] == "®" else "c", text.translate(_FOLDED))


class _Folded(dict[int, str]):
    """A table for str.translate() that computes and stores a character's folded form at its first use."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _folded(chr(code))
        return folded


def _folded(character: str) -> str:
    """Return the folded form of a character that is not in the table yet."""
    if PLAIN.fullmatch(character):
        return character
    if character.isspace():
        return " "
    parts = unicodedata.normalize("NFKD", character)
    if parts != character:
        whole = parts.translate(_FOLDED)
        return f" {whole}" if unicodedata.category(character) == "No" and "/" in whole else whole  # 2½ is no 21/2
    category = unicodedata.category(character)
    if category in INVISIBLE_CATEGORIES or INVISIBLE.match(character):
        return ""
    if category == "Pd":
        return "-"
    digit = unicodedata.digit(character, None)
    return _letter(character) if digit is None else str(digit)


def _letter(character: str) -> str:
    """Return the Latin letter that the Unicode name of `character` contains, else `character` itself."""
    found = NAMED.search(unicodedata.name(character, ""))
    if found is None:
        return character
    return found[1].lower() if "SMALL" in found[0] else found[1]


_FOLDED = _Folded(
    str.maketrans(
        {
            **dict.fromkeys(APOSTROPHES, "'"),
            **dict.fromkeys(WIDE_DASHES, " - "),
            **dict.fromkeys(HYPHENS, "-"),
            **dict.fromkeys(BLANKS, " "),
            **dict.fromkeys(NO_PART, ""),
            **{character: character for character in STAND_INS},
            **{letter: latin for script in SCRIPTS for letter, latin in zip(*script, strict=True)},
            **{letter.lower(): latin.lower() for letter, latin in zip(*CHEROKEE, strict=True)},
            **OTHER_LETTERS,
            **OTHER_SIGNS,
        }
    )
)
