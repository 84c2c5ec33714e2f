"""The one joining place: settings in, a Flask app out."""

import ctypes
import gc
import os
from collections.abc import Callable
from datetime import date
from itertools import chain
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from regmap.api.description import join_api
from regmap.api.lean import PATH as STATUS
from regmap.api.lean import put_in_front, quick_answers
from regmap.domain.errors import RegmapError
from regmap.feeds.site import join_feeds
from regmap.http import context, headers, logs
from regmap.http.curators import join_curators
from regmap.http.front import Front, join_front
from regmap.http.health import join_health
from regmap.http.lanes import FILE, join_lanes
from regmap.http.limits import join_limits
from regmap.http.metrics import PATH as METRICS
from regmap.http.metrics import Metrics, join_metrics, metrics_of
from regmap.http.observing import Observer, join_observer, note_failure, observer_of
from regmap.http.packing import Packing
from regmap.http.problems import problem
from regmap.http.request_id import RequestIds
from regmap.http.security_txt import join_security_txt
from regmap.http.state_metrics import StateMetrics
from regmap.ogc.site import join_ogc
from regmap.services.bundle import open_services
from regmap.services.desk import open_desk
from regmap.services.exports.making import writable
from regmap.services.exports.shelf import Shelf
from regmap.services.receipts import Receipts
from regmap.settings import Settings
from regmap.store.database import Database
from regmap.web.site import error_page, join_pages

_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8  # malloc.h
_LARGE = 256 << 10  # bytes; from here on a block goes back to the system when it is freed

_FOR_PROGRAMS = ("api", "ogc", "feeds")
"""The first parts of addresses that programs ask."""

_FOR_BROWSERS = ("/assets/", "/shapes/", "/static/")
"""How addresses begin of what pages load."""


def create_app(settings: Settings, today: Callable[[], date] = context.today) -> Flask:
    """Make the app.

    :param today: gives the day that evidence is aged by.
    :raises DataProblem: if the database or the boundaries are missing or broken.
    :raises InvalidSetting: if there is no secret key.
    """
    settings = settings.for_serving()
    app = Flask(
        __name__,
        static_folder=str(settings.static_dir),
        static_url_path="/static",
        template_folder="web/templates",
    )
    database = Database(settings.database_url, settings.database_read_url)
    source = open_services(
        database, settings.data_dir, settings.cache_dir, today, settings.boundaries_dir
    )
    context.attach(app, source, Receipts(settings.secret_key))
    desk = open_desk(database, source, settings.secret_keys)
    context.attach_desk(app, desk)
    context.attach_exports(app, Shelf(writable(settings.cache_dir / "exports")))
    join_curators(app, settings, desk.curators)
    join_limits(app, settings)
    packing = Packing(app)
    join_api(app)
    join_feeds(app)
    join_health(app)
    join_security_txt(app, settings.security_contact)
    metrics = join_metrics(app, settings, source, StateMetrics(source, desk.corrections, today))
    join_pages(app, settings)
    join_ogc(app)
    _join_errors(app)
    join_front(app)
    _trust_proxies(app, settings.trusted_proxies)
    put_in_front(app)
    database.while_waiting = join_lanes(app, (STATUS,)).waiting
    _join_observer(app, settings, metrics)
    https_alone = settings.https_only == "on"
    app.after_request(lambda response: _finish(response, packing, https_alone))
    return app


def application() -> Flask:
    """The app of one worker process, set up from the environment: for any WSGI server."""
    settings = Settings.from_environment(os.environ)
    logs.set_up(settings)
    app = create_app(settings)
    context.desk_of(app).traffic.start()
    context.source_of(app).follow()
    metrics_of(app).start()
    _settle_memory()
    return app


def front() -> Front:
    """The same for ``regmap serve``, which keeps no thread waiting for a client."""
    app = application()
    return Front(app, quick_answers(app), observer_of(app))


def _settle_memory() -> None:
    """Return what starting left free, and keep the collector away from what stays for good.

    The collector would go through the whole data set several times while it makes the many objects
    of one large batch. glibc would keep freed memory for later: 20 MB after the start, and the
    room for the largest answer ever given, for each thread anew, although they take turns.
    """
    gc.collect()
    gc.freeze()
    libc = ctypes.CDLL(None)
    if hasattr(libc, "malloc_trim"):  # other C libraries have no such calls, and no such habit
        libc.mallopt(_M_MMAP_THRESHOLD, _LARGE)
        libc.mallopt(_M_ARENA_MAX, 1)
        libc.malloc_trim(0)


def _join_observer(app: Flask, settings: Settings, metrics: Metrics) -> None:
    source = context.source_of(app)
    requests = logs.RequestLog(settings.access_log, lambda: source.current().snapshot.data_version)
    ids = RequestIds(is_trusting=settings.trusted_proxies > 0)
    join_observer(app, Observer(ids, metrics, requests))


def _trust_proxies(app: Flask, count: int) -> None:
    """Take the client's address and scheme from the proxies in front, and from nobody else."""
    if count:
        inner = app.wsgi_app
        # setting it is Flask's own way to put something in front
        app.wsgi_app = ProxyFix(inner, x_for=count, x_proto=count, x_host=0)  # type: ignore[method-assign]


def _join_errors(app: Flask) -> None:
    """Answer every error by its audience: a problem document for the API, a page for people.

    Set after flask-smorest's own handler, so that this one wins.
    """

    def answer(error: Exception) -> Any:
        note_failure(error)
        if _is_for_programs(request.path):
            return problem(error)
        return error_page(error)

    for kind in (RegmapError, HTTPException, Exception):
        app.register_error_handler(kind, answer)


def _is_for_programs(path: str) -> bool:
    parts = path.split("/", 2)
    return parts[1] in _FOR_PROGRAMS or path in ("/healthz", "/readyz", METRICS)


def _finish(response: Response, packing: Packing, https_alone: bool) -> Response:
    # not item by item: setting looks for an older value first, on every answer
    for name, value in chain.from_iterable(_headers_of(response)):
        response.headers.add(name, value)
    if https_alone and request.is_secure:
        response.headers.add(*headers.HTTPS_ALONE)
    # files are kept compressed, or sent as they are
    if "HTTP_ACCEPT_ENCODING" not in request.environ or FILE in request.environ:
        # not a second line of it: nginx before 1.23 heeds the last one alone
        response.vary.add(headers.VARY[1])
        return response
    return packing.finish(response)


def _headers_of(response: Response) -> list[tuple[tuple[str, str], ...]]:
    """The headers of an answer, by what it is for.

    By its address where that tells: an answer without a body (304, OPTIONS) calls itself HTML.
    """
    path = request.path
    is_page = response.mimetype == "text/html" and path.startswith("/ogc")
    is_page = is_page and response.status_code != 304 and request.method != "OPTIONS"
    if _is_for_programs(path) and not is_page:
        return [headers.API, headers.PREFLIGHT] if request.method == "OPTIONS" else [headers.API]
    is_known_picture = response.status_code == 304 and path.endswith(".svg")
    if response.mimetype == "image/svg+xml" or is_known_picture:
        return [headers.PICTURE]
    if "secret" in request.args:
        return [headers.SECRET]
    if path.startswith(_FOR_BROWSERS):
        return [headers.LOADED]
    return [headers.EMBEDDED if path == "/embed" else headers.PAGE]
