"""The one joining place: settings in, a Flask app out."""

import ctypes
import gc
import logging
import os
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Flask, Response, request
from flask_compress import Compress
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from regmap.api.description import join_api
from regmap.api.lean import put_in_front, quick_answers
from regmap.domain.errors import RegmapError
from regmap.feeds.site import join_feeds
from regmap.http import context, headers
from regmap.http.curators import join_curators
from regmap.http.front import Front, join_front
from regmap.http.health import join_health
from regmap.http.lanes import FILE, join_lanes
from regmap.http.limits import join_limits
from regmap.http.problems import problem, status_of
from regmap.ogc.site import join_ogc
from regmap.services.bundle import open_services
from regmap.services.desk import open_desk
from regmap.services.exports.making import writable
from regmap.services.exports.shelf import Shelf
from regmap.services.receipts import Receipts
from regmap.settings import Settings
from regmap.store.database import Database
from regmap.web.site import error_page, join_pages

log = logging.getLogger("regmap")

_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8  # malloc.h
_LARGE = 256 << 10  # bytes; from here on a block goes back to the system when it is freed

_COMPRESSION = {
    "COMPRESS_REGISTER": False,  # called in _finish, where there is something to compress
    "COMPRESS_ALGORITHM": ["br", "gzip"],
    # files: the quickest first, and never deflate, which takes ten times as long
    "COMPRESS_ALGORITHM_STREAMING": ["zstd", "br", "gzip"],
    "COMPRESS_BR_LEVEL": 5,
    "COMPRESS_MIMETYPES": [
        "text/html",
        "text/css",
        "text/csv",
        "text/javascript",
        "application/javascript",
        "application/json",
        "application/geo+json",
        "application/x-ndjson",
        "application/problem+json",
        "application/schema+json",
        "application/atom+xml",
        "application/feed+json",
        "application/vnd.oai.openapi+json;version=3.0",
        "text/calendar",
        "image/svg+xml",
    ],
}


_FOR_PROGRAMS = ("api", "ogc", "feeds")
"""The first parts of addresses that programs ask."""


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
    app.config.update(_COMPRESSION)
    database = Database(settings.database_url)
    source = open_services(
        database, settings.data_dir, settings.cache_dir, today, settings.boundaries_dir
    )
    context.attach(app, source, Receipts(settings.secret_key))
    desk = open_desk(database, source, settings.secret_keys)
    context.attach_desk(app, desk)
    context.attach_exports(app, Shelf(writable(settings.cache_dir / "exports")))
    join_curators(app, settings, desk.curators)
    join_limits(app, settings)
    compress = Compress(app)
    join_api(app)
    join_feeds(app)
    join_health(app)
    join_pages(app, settings)
    join_ogc(app)
    _join_errors(app)
    join_front(app)
    _trust_proxies(app, settings.trusted_proxies)
    put_in_front(app)
    join_lanes(app)
    app.after_request(lambda response: _finish(response, compress))
    return app


def application() -> Flask:
    """The app of one worker process, set up from the environment: for any WSGI server."""
    app = create_app(Settings.from_environment(os.environ))
    context.desk_of(app).traffic.start()
    _settle_memory()
    return app


def front() -> Front:
    """The same for ``regmap serve``, which keeps no thread waiting for a client."""
    app = application()
    return Front(app, quick_answers(app))


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
        if status_of(error) >= 500:
            # what is only busy says when to come again: no news for whoever runs the site
            is_busy = getattr(error, "retry_after", None) is not None
            level = logging.INFO if is_busy else logging.ERROR
            trace = None if is_busy else error
            log.log(level, "%s %s failed", request.method, request.path, exc_info=trace)
        if _is_for_programs(request.path):
            return problem(error)
        return error_page(error)

    for kind in (RegmapError, HTTPException, Exception):
        app.register_error_handler(kind, answer)


def _is_for_programs(path: str) -> bool:
    parts = path.split("/", 2)
    return parts[1] in _FOR_PROGRAMS or path in ("/healthz", "/readyz")


def _finish(response: Response, compress: Compress) -> Response:
    # the OGC pages have styles; answers without a body (304, OPTIONS) call themselves HTML, too
    is_page = response.mimetype == "text/html" and request.path.startswith("/ogc")
    is_page = is_page and response.status_code != 304 and request.method != "OPTIONS"
    for_api = _is_for_programs(request.path) and not is_page
    for_page = headers.EMBEDDED if request.path == "/embed" else headers.PAGE
    if response.mimetype == "image/svg+xml":
        for_page = headers.PICTURE
    elif "secret" in request.args:
        for_page = headers.SECRET
    kinds = [headers.API if for_api else for_page]
    if for_api and request.method == "OPTIONS":
        kinds.append(headers.PREFLIGHT)
    for kind in kinds:
        for name, value in kind:
            # not item by item: setting looks for an older value first, on every answer
            response.headers.add(name, value)
    # files are kept compressed, or sent as they are
    if "HTTP_ACCEPT_ENCODING" not in request.environ or FILE in request.environ:
        response.headers.add(*headers.VARY)
        return response
    finished: Response = compress.after_request(response)
    return finished
