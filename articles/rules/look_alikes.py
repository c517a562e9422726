"""Characters that a reader takes for the same, as one: so that no rule misses a word for the way in which it was typed.

Only what the rules compare is folded; pages show what was typed. Accents go, too: “mirácle” reads as “miracle”.
"""

import re
import unicodedata

from clinic_site.folding import INVISIBLE

APOSTROPHES = "’‘‛ʼʻʹ´′"
WIDE_DASHES = "‒–—―⸺⸻〜"  # as punctuation or in place of a hyphen: only the rule knows which
HYPHENS = "−˗⁃"  # those that Unicode does not call dashes; the others are known by their category
BLANKS = "\u2800\u3164"  # characters that show nothing and are as wide as a letter
NO_PART = "™℠\ufffc\ufffd"  # seen, and no part of a word: signs, and what stands for something that is missing
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
INVISIBLE_CATEGORIES = ("Cc", "Cf", "Cn", "Co", "Cs", "Me", "Mn")  # controls, those of nobody, marks on the one before
STAND_INS = map(chr, range(0xFDD0, 0xFDF0))  # characters of nobody, with which visible_text.py marks places
IN_A_WORD = re.compile(r"[®©](?=[^\W\d_])")  # in place of a letter; behind a name they are signs
PLAIN = re.compile(r"[\t\n -~]*")
# A Latin letter by its name in Unicode: with a stroke, in a circle, as a small capital …
NAMED = re.compile(
    r"(?:LATIN (?:SMALL|CAPITAL) LETTER (?:DOTLESS |OPEN |SCRIPT |BLACKLETTER |LENIS |SIDEWAYS )?"
    r"|LATIN LETTER SMALL CAPITAL|REGIONAL INDICATOR SYMBOL LETTER) ?([A-Z])(?: WITH(?:OUT)? .*)?$"
)


def fold_look_alikes(text: str) -> str:
    """Return `text` with look-alike characters as one: widths, fractions, digits, dashes, letters, invisible ones.

    Line breaks stay. Wide dashes become “ - ”, and case is as it was.
    """
    if PLAIN.fullmatch(text):
        return text
    return IN_A_WORD.sub(lambda sign: "r" if sign[0] == "®" else "c", text.translate(_FOLDED))


class _Folded(dict[int, str]):
    """What each character becomes, found when it is first met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _folded(chr(code))
        return folded


def _folded(character: str) -> str:
    """Return what `character`, which is not in the table yet, stands for."""
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
    """Return the Latin letter that the name of `character` tells of, else `character` itself."""
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
