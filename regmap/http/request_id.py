"""The id of a request: in the answer's headers, in errors and in the log, so that one finds it."""

import os
import re
from itertools import count

from flask import has_request_context, request

HEADER = "X-Request-ID"
HEADER_LOWER = HEADER.lower()
"""As the server gives the names of headers."""

KEY = "regmap.request_id"
"""Where the environment of a request holds its id."""

_USABLE = re.compile(r"[A-Za-z0-9._-]{8,64}")
_PREFIX_BYTES = 6


class RequestIds:
    """Makes ids, no two alike among all workers.

    :param is_trusting: whether the proxy in front names its requests, and is believed.
    """

    def __init__(self, is_trusting: bool) -> None:
        self._is_trusting = is_trusting
        self._prefix = os.urandom(_PREFIX_BYTES).hex()
        self._numbers = count(1)

    def of(self, given: str | None) -> str:
        """The id of a request.

        :param given: its ``X-Request-ID``; taken from a trusted proxy alone, and only if it could
            be one.
        """
        if self._is_trusting and given is not None and _USABLE.fullmatch(given):
            return given
        return f"{self._prefix}-{next(self._numbers):x}"


def current() -> str | None:
    """The id of the current request; None outside of one."""
    found: str | None = request.environ.get(KEY) if has_request_context() else None
    return found
