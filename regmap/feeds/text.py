"""Text from outside, as any reader can take it."""

import re

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 has no place for, or advises against, and what RFC 5545 keeps out of text."""

_LINE_ENDS = re.compile(r"\r\n?|[\x85\u2028\u2029]")


def clean(text: str) -> str:
    """A text without what XML 1.0 and iCalendar forbid, its lines ended by line feeds."""
    return _FORBIDDEN.sub("", _LINE_ENDS.sub("\n", text))


def in_one_line(text: str) -> str:
    """The same without line ends, for titles."""
    return " ".join(clean(text).split())
