"""Sentences that know their pattern, so that a page can say them in another language.

The English text is the sentence itself: it is what the API and the terminal give. Pages look its
pattern up in the catalogue of their language. ``said`` is a keyword of the extraction (babel.cfg):
its first argument must be a literal text.
"""

from collections.abc import Callable, Mapping
from typing import Any

Shape = Callable[[str], str]


class Said(str):
    """An English text, with the pattern and the values that it was made of."""

    __slots__ = ("_shape", "pattern", "values")
    pattern: str
    values: Mapping[str, Any]
    _shape: Shape

    def __new__(cls, pattern: str, values: Mapping[str, Any], shape: Shape = str) -> "Said":
        """Make the text of a pattern and the values for its ``{names}``.

        :param shape: what is done to the text at last, in whatever language it is said.
        """
        self = super().__new__(cls, shape(_filled(pattern, values)))
        self.pattern, self.values, self._shape = pattern, values, shape
        return self

    def __getnewargs__(self) -> Any:
        """What a copy is made of: ``copy`` and ``pickle`` ask for it."""
        return self.pattern, self.values, self._shape

    def lower(self) -> "Said":
        """The same in small letters."""
        return Said(self.pattern, self.values, str.lower)

    def translated(
        self, gettext: Callable[[str], str], written: Callable[[Any], Any] = lambda value: value
    ) -> str:
        """The text in another language; values that were said are translated too.

        :param gettext: gives the translation of a pattern, or the pattern itself.
        :param written: how other values are written there: dates, say.
        """
        values = {
            name: value.translated(gettext, written) if isinstance(value, Said) else written(value)
            for name, value in self.values.items()
        }
        return self._shape(_filled(gettext(self.pattern), values))


def said(pattern: str, **values: Any) -> Said:
    """A text for people: ``{name}`` in the pattern stands for the value of that name."""
    return Said(pattern, values)


def sentence(text: str) -> str:
    """A text with a capital and one full stop; what was said stays so."""
    if isinstance(text, Said):
        return Said(text.pattern, text.values, _as_sentence)
    return _as_sentence(text)


def _as_sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."


def _filled(pattern: str, values: Mapping[str, Any]) -> str:
    return pattern.format(**values) if values else pattern
