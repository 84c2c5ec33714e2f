"""How much one address may ask for: counted in Redis for all workers, or in each for itself.

An address is kept as a keyed hash, and only as long as its count runs. ``api/lean.py`` answers
points in front of Flask: those are not counted, on purpose.
"""

import hashlib
import hmac
import logging
import time
from collections.abc import Callable, Mapping
from functools import wraps
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from typing import Any, ParamSpec, TypeVar

from flask import Flask, current_app, request
from limits import RateLimitItem, parse_many
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from regmap.domain.errors import TooMany
from regmap.domain.wording import said
from regmap.settings import InvalidSetting, Settings, variable

log = logging.getLogger("regmap")

LIMITS: Mapping[str, str] = {
    "corrections.submit": "10 per minute; 60 per hour",
    "corrections.change": "30 per minute",
    "questions": "120 per minute",
    "exports": "60 per minute",
    "sign_in": "20 per minute",
    "curation": "120 per minute",
}
"""How often one address may do what; the only place that says so."""

_EXTENSION = "regmap-limits"
_REDIS_SECONDS = 0.25
"""How long an answer may wait for Redis."""

_AWAY_SECONDS = 30.0
"""How long Redis is left alone after it failed."""

P = ParamSpec("P")
R = TypeVar("R")


class Limits:
    """The counts of one worker, shared with others where there is a Redis.

    :param redis_url: empty: this worker counts for itself.
    :param key: the secret key under which addresses are hashed.
    :raises InvalidSetting: if the address of Redis cannot be understood.
    """

    def __init__(self, redis_url: str, key: str) -> None:
        self._key = key.encode()
        self._own = FixedWindowRateLimiter(MemoryStorage())
        self._shared = _shared(redis_url) if redis_url else None
        self._alone_until: float | None = None
        self._items = {name: parse_many(text) for name, text in LIMITS.items()}

    def spend(self, name: str, address: str) -> None:
        """Count one call of an address.

        :param name: one of ``LIMITS``.
        :raises TooMany: if it was one too many.
        """
        who = hmac.new(self._key, f"limits:{address}".encode(), hashlib.sha256).hexdigest()
        # the shorter times first: what one of them refuses does not count in the longer ones
        for item in sorted(self._items[name], key=lambda item: item.get_expiry()):
            wait = self._wait(item, name, who)
            if wait:
                raise TooMany(
                    said("Too many requests; please try again in {seconds} s.", seconds=wait),
                    retry_after=wait,
                )

    def _wait(self, item: RateLimitItem, *key: str) -> int:
        """Count, and give the seconds to wait; 0 where none are."""
        if self._shared is None or self._is_alone():
            return _seconds(self._own, item, *key)
        try:
            wait = _seconds(self._shared, item, *key)
        except StorageError as error:
            if self._alone_until is None:
                log.warning("no Redis (%s); until it is back each worker counts alone", error)
            self._alone_until = time.monotonic() + _AWAY_SECONDS
            return _seconds(self._own, item, *key)
        if self._alone_until is not None:
            log.warning("Redis is back; all workers count together again")
            self._alone_until = None
        return wait

    def _is_alone(self) -> bool:
        return self._alone_until is not None and time.monotonic() < self._alone_until


def join_limits(app: Flask, settings: Settings) -> None:
    """Let an app count, unless the settings say that it should not.

    :raises InvalidSetting: if the address of Redis cannot be understood.
    """
    if settings.rate_limits == "on":
        app.extensions[_EXTENSION] = Limits(settings.redis_url, settings.secret_keys[0])


def spend(name: str) -> None:
    """Count the current request against its address.

    :param name: one of ``LIMITS``.
    :raises TooMany: if it is one too many.
    """
    limits: Limits | None = current_app.extensions.get(_EXTENSION)
    if limits is not None:
        limits.spend(name, client_address())


def limited(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Count every call of a view, of whatever method, against the address that it comes from.

    :param name: one of ``LIMITS``.
    """
    if name not in LIMITS:
        raise KeyError(name)

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def counted(*args: P.args, **kwargs: P.kwargs) -> R:
            spend(name)
            return view(*args, **kwargs)

        return counted

    return decorate


def client_address() -> str:
    """Where the current request comes from: an IPv4 address, or the /64 of an IPv6 one.

    One customer has a whole /64, and could call from any address in it.
    """
    text = request.remote_addr or ""
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ip_network((int(address), 64), strict=False))


def _shared(url: str) -> FixedWindowRateLimiter:
    from redis.backoff import NoBackoff  # not at the top: 6 MB that few installations need
    from redis.retry import Retry

    options: dict[str, Any] = {
        "socket_timeout": _REDIS_SECONDS,
        "socket_connect_timeout": _REDIS_SECONDS,
        "retry": Retry(NoBackoff(), 0),
    }
    address = url.replace("unix://", "redis+unix://", 1) if url.startswith("unix://") else url
    try:
        return FixedWindowRateLimiter(storage_from_string(address, wrap_exceptions=True, **options))
    except ValueError as error:
        raise InvalidSetting(f"{variable('redis_url')}: {error}") from None


def _seconds(counts: FixedWindowRateLimiter, item: RateLimitItem, *key: str) -> int:
    if counts.hit(item, *key):
        return 0
    return max(1, ceil(counts.get_window_stats(item, *key).reset_time - time.time()))
