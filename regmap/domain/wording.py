"""Sentences that know their pattern, so that a page can say them in another language.

The English text is the sentence itself: it is what the API and the terminal give. Pages look its
pattern up in the catalogue of their language. ``said`` is a keyword of the extraction (babel.cfg):
its first argument must be a literal text.
"""

from collections.abc import Callable, Mapping
from typing import Any


class Said(str):
    """An English text, with the pattern and the values that it was made of."""

    __slots__ = ("_lowered", "pattern", "values")
    pattern: str
    values: Mapping[str, Any]
    _lowered: bool

    def __new__(cls, pattern: str, values: Mapping[str, Any], lowered: bool = False) -> "Said":
        """Make the text of a pattern and the values for its ``{names}``."""
        text = pattern.format(**values) if values else pattern
        self = super().__new__(cls, text.lower() if lowered else text)
        self.pattern, self.values, self._lowered = pattern, values, lowered
        return self

    def __getnewargs__(self) -> Any:
        """What a copy is made of: ``copy`` and ``pickle`` ask for it."""
        return self.pattern, self.values, self._lowered

    def lower(self) -> "Said":
        """The same in small letters, in whatever language it is said."""
        return Said(self.pattern, self.values, lowered=True)

    def translated(self, gettext: Callable[[str], str]) -> str:
        """The text in another language; values that were said are translated too.

        :param gettext: gives the translation of a pattern, or the pattern itself.
        """
        values = {
            name: value.translated(gettext) if isinstance(value, Said) else value
            for name, value in self.values.items()
        }
        pattern = gettext(self.pattern)
        text = pattern.format(**values) if values else pattern
        return text.lower() if self._lowered else text


def said(pattern: str, **values: Any) -> Said:
    """A text for people: ``{name}`` in the pattern stands for the value of that name."""
    return Said(pattern, values)
