"""How wide text is about, for pictures: there a server must know where a line ends.

The widths are those of common sans-serif fonts, rather too wide than too narrow.
"""

import unicodedata
from collections.abc import Iterator

# Widths of letters in parts of the font size.
_NARROW, _USUAL, _CAPITAL, _WIDE = 0.34, 0.58, 0.72, 1.0
_NARROW_LETTERS = frozenset("iIjlft.,:;'|!()[] ’·\u00a0")
_WIDE_LETTERS = frozenset("mwMW@%—…<>=+")


def text_width(text: str, size: float) -> float:
    """About how wide a text is, in the unit of the font size."""
    return sum(map(_letter_width, text)) * size


def wrapped(text: str, size: float, width: float) -> Iterator[str]:
    """A text in lines that are at most so wide; a longer word is cut."""
    line = ""
    for word in text.split():
        for piece in _pieces(word, size, width):
            longer = f"{line} {piece}".lstrip()
            if line and text_width(longer, size) > width:
                yield line
                line = piece
            else:
                line = longer
    if line:
        yield line


def _pieces(word: str, size: float, width: float) -> Iterator[str]:
    if text_width(word, size) <= width:
        yield word
        return
    piece = ""
    for letter in word:
        if piece and text_width(piece + letter, size) > width:
            yield piece
            piece = ""
        piece += letter
    yield piece


def _letter_width(letter: str) -> float:
    if unicodedata.combining(letter) or unicodedata.category(letter) == "Cf":
        return 0.0
    if letter in _WIDE_LETTERS or unicodedata.east_asian_width(letter) in "WF":
        return _WIDE
    if letter in _NARROW_LETTERS:
        return _NARROW
    return _CAPITAL if letter.isupper() else _USUAL
