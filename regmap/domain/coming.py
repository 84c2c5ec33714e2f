"""Kinds of coming dates: a rule takes effect, ends with none to follow, or was an emergency's."""

import re
from enum import StrEnum

from regmap.domain.records import Period
from regmap.domain.vocabulary import Status


class ComingKind(StrEnum):
    """What happens on a coming date of law."""

    TAKES_EFFECT = "takes_effect"
    RULE_ENDS = "rule_ends"
    EMERGENCY_EXPIRES = "emergency_expires"


_NO_RULE = frozenset({Status.UNREGULATED, Status.UNKNOWN})
"""What is no rule made for a substance: ending in one of these is ending without another rule."""

_EMERGENCY = re.compile(r"(?<!non-)(?<!non )\bemergency\b(?! clause)", re.IGNORECASE)
"""An act with an emergency clause starts at once, but stays: it is no emergency rule."""


def is_emergency(period: Period) -> bool:
    """Whether the instrument of a period says that it is an emergency rule."""
    return _EMERGENCY.search(period.instrument or "") is not None


def kind_of(before: Period | None, after: Period | None) -> ComingKind:
    """What a turn from one period to another is; None: no rule of its own.

    Where another rule follows, that one takes effect, whatever ended.
    """
    follows = after is not None and after.status not in _NO_RULE
    if before is None or follows:
        return ComingKind.TAKES_EFFECT
    if is_emergency(before):
        return ComingKind.EMERGENCY_EXPIRES
    return ComingKind.TAKES_EFFECT if before.status in _NO_RULE else ComingKind.RULE_ENDS
