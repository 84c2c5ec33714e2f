"""What becomes of every request: it gets an id, is counted and timed, and perhaps logged."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, request, request_started

from regmap.http import request_id
from regmap.http.logs import RequestLog
from regmap.http.metrics import Metrics
from regmap.http.request_id import RequestIds

STARTED = "regmap.started"
"""Where the environment of a request may hold when it came (``time.perf_counter``)."""

UNKNOWN_ROUTE = "unknown"
"""How all addresses together are called that lead nowhere."""

_ERROR = "regmap.error"
_ROUTE = "regmap.route"
_GIVEN = f"HTTP_{request_id.HEADER.upper().replace('-', '_')}"
_EXTENSION = "regmap-observer"

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Observer:
    """Observes the requests of one worker; thread-safe."""

    def __init__(self, ids: RequestIds, metrics: Metrics, requests: RequestLog) -> None:
        self._ids = ids
        self._metrics = metrics
        self._requests = requests

    def around(self, inner: WsgiApp) -> WsgiApp:
        """An app whose requests are observed."""

        def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            started = environ.get(STARTED) or time.perf_counter()
            id = environ[request_id.KEY] = self._ids.of(environ.get(_GIVEN))
            told = 500

            def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
                nonlocal told
                told = int(status[:3])
                return start_response(status, [*headers, (request_id.HEADER, id)], *more)

            try:
                return inner(environ, start)
            except Exception as error:  # of what stands around Flask, which lets none through
                environ.setdefault(_ERROR, error)
                raise
            finally:
                seconds = time.perf_counter() - started
                route, method = _route_of(environ), environ["REQUEST_METHOD"]
                self._metrics.count(route, method, told, seconds)
                # taken out: it holds on to all that led to it, the environment included
                why = environ.pop(_ERROR, None)
                self._requests.write(id, method, route, told, seconds, why)

        return answer

    def quick(self, path: str, given: str | None, started: float) -> tuple[str, str]:
        """Observe a request that was answered at once (200 to a GET), and give its id's header.

        :param path: its address, which is one of a few.
        :param given: its ``X-Request-ID``.
        :param started: when it came (``time.perf_counter``).
        """
        id = self._ids.of(given)
        seconds = time.perf_counter() - started
        self._metrics.count(path, "GET", 200, seconds)
        if self._requests.wants_all:
            self._requests.write(id, "GET", path, 200, seconds)
        return (request_id.HEADER, id)


def join_observer(app: Flask, observer: Observer) -> None:
    """Have all requests observed; to be called when all else stands in front of an app."""
    app.extensions[_EXTENSION] = observer
    # Flask forgets the request before its answer is out; and this comes before all other hooks
    request_started.connect(_note_route, app, weak=False)
    observed: Any = observer.around(app.wsgi_app)
    app.wsgi_app = observed  # type: ignore[method-assign]  # as Flask advises


def observer_of(app: Flask) -> Observer:
    """What observes an app's requests."""
    found: Observer = app.extensions[_EXTENSION]
    return found


def note_failure(error: Exception) -> None:
    """Have the line of the current request's failure tell why."""
    request.environ[_ERROR] = error


def _note_route(_: Flask, **__: Any) -> None:
    rule = request.url_rule
    request.environ[_ROUTE] = UNKNOWN_ROUTE if rule is None else rule.rule


def _route_of(environ: dict[str, Any]) -> str:
    """The template of the address that was asked for."""
    found: str | None = environ.get(_ROUTE)
    if found is not None:
        return found
    # answered in front of Flask, at one of a few addresses, or not at all
    return UNKNOWN_ROUTE if _ERROR in environ else str(environ["PATH_INFO"])
