"""How often, and after which pause, a request is sent again."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

AGAIN = frozenset({429, 502, 503, 504})
"""The statuses that mean "not now"; whatever else is answered would be answered again."""


@dataclass(frozen=True)
class Patience:
    """How often a request is sent, and how long it may take.

    Only requests that may be repeated are sent again: after 429, 502, 503 and 504, and where no
    answer came. A server that says when to come again (``Retry-After``) is obeyed; else the pauses
    double, each of a random length up to that (full jitter), so that a crowd does not come back at
    once.

    :param tries: how often at most, the first included.
    :param deadline: seconds after which no try begins; a pause that would end later is not begun.
    :param first_pause: seconds: the longest first pause.
    :param longest_pause: seconds: no pause of our own choice is longer.
    :param longest_wait: seconds: a server that asks for a longer wait is given up.
    """

    tries: int = 5
    deadline: float = 120.0
    first_pause: float = 0.5
    longest_pause: float = 15.0
    longest_wait: float = 90.0
    chance: Callable[[], float] = random.random

    def pause(self, tries: int, asked: float | None, left: float) -> float | None:
        """Seconds until the next try; None: there is none.

        :param tries: how many there were.
        :param asked: the seconds that the server asks to wait; None: it does not say.
        :param left: seconds until the deadline.
        """
        if tries >= self.tries:
            return None
        if asked is not None:
            if asked > self.longest_wait:
                return None
            pause = asked
        else:
            pause = self.chance() * min(self.longest_pause, self.first_pause * 2 ** (tries - 1))
        return pause if pause < left else None


def retry_after(header: str | None, now: datetime) -> float | None:
    """The seconds that ``Retry-After`` asks to wait: given as seconds, or as a date (RFC 9110).

    :param now: an aware datetime.
    :returns: None where there is no header, or none that can be read.
    """
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    if until.tzinfo is None:  # "-0000": in UTC, from nobody knows where
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - now).total_seconds())
