"""Text as it is compared and searched: without what people leave out or type differently."""

import unicodedata


def fold(text: str) -> str:
    """Lower case, without accents, with single spaces: “ Ana  MUÑOZ” is “ana munoz”."""
    split = unicodedata.normalize("NFD", text.casefold())
    bare = "".join(char for char in split if not unicodedata.combining(char))
    return " ".join(unicodedata.normalize("NFC", bare).split())
