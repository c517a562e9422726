"""References of requests: short enough to read aloud, without characters that look alike."""

import re
import secrets
from collections.abc import Callable

from clinic_site.text.folding import fold

# No vowels (no words by accident), none of 0 O, 1 I L, 2 Z, 5 S, 8 B (look-alikes), no G by 6, no Y by V.
ALPHABET = "34679CDFHJKMNPQRTVWX"
HALF = 3
SHAPE = re.compile(rf"[{ALPHABET}]{{{2 * HALF}}}")


def new_reference(choose: Callable[[str], str] = secrets.choice) -> str:
    """Return a random reference like K7M-3QX. It may be in use: the database's unique column decides."""
    code = "".join(choose(ALPHABET) for _ in range(2 * HALF))
    return f"{code[:HALF]}-{code[HALF:]}"


def normalise(text: str) -> str:
    """Return the reference in "k7m3qx" or "K7M 3QX" as it is stored; "" if the text is not a reference."""
    code = re.sub(r"[\s-]", "", fold(text)).upper()
    return f"{code[:HALF]}-{code[HALF:]}" if SHAPE.fullmatch(code) else ""
