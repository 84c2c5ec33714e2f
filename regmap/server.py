"""``regmap serve``: granian with our app, one process or many."""

import os
import socket
import sys
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from typing import Any

from regmap.domain.errors import DataProblem, InvalidValue
from regmap.http import logs
from regmap.http.limits import Limits
from regmap.services.check import check_readable
from regmap.services.exports.making import making, writable
from regmap.services.receipts import Receipts
from regmap.settings import SHORTEST_KEY, InvalidSetting, Settings, variable
from regmap.web.folium_map import map_parts
from regmap.web.shapes import Shapes

_ALLOCATOR = {"_RJEM_MALLOC_CONF": "narenas:1,dirty_decay_ms:0,muzzy_decay_ms:0"}
"""granian's own memory goes back at once: else it would keep room for the largest answers. It costs
a sixth of the rate of points, and saves 20 MB in each worker."""


_METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def run(settings: Settings, host: str, port: int, workers: int) -> int:
    """Serve until told to stop, and return the exit status: 1 if the data cannot be served.

    :raises InvalidSetting: if there is no secret key.
    """
    settings = _for_terminal(_with_key(settings))
    if not _is_servable(settings):
        return 1
    if not _is_free(host, port):
        print(f"regmap: cannot listen on {host}:{port}; is another server there?", file=sys.stderr)
        return 1
    os.environ[variable("host")], os.environ[variable("port")] = host, str(port)
    os.environ.update(_ALLOCATOR)
    logs.set_up(settings)
    with making(writable(settings.cache_dir / "metrics")) as folder:
        os.environ[_METRICS_FOLDER] = str(folder)
        _workers(settings, address=host, port=port, workers=workers).serve()
    return 0


def _workers(settings: Settings, **named: Any) -> Any:
    # not at the top: the one reads the allocator's settings when it is loaded, the other its folder
    from granian.constants import Interfaces, Loops

    from regmap.http.metrics import forget_worker
    from regmap.http.workers import Workers

    return Workers(
        "regmap.app:front",
        factory=True,
        interface=Interfaces.RSGI,
        loop=Loops.uvloop,
        websockets=False,
        log_dictconfig=logs.configuration(settings),
        check=partial(_is_servable, settings),
        forget=forget_worker,
        **named,
    )


def _is_servable(settings: Settings) -> bool:
    """Whether the data can be served; says why not, and fills the cache that the workers read.

    In a process of its own: workers are forked from this one, and would inherit what checking
    and filling the cache leaves in memory (200 MB when the cache is cold).
    """
    checking = get_context("fork").Process(target=_check, args=(settings,))
    checking.start()
    checking.join()
    return not checking.exitcode


def _for_terminal(settings: Settings) -> Settings:
    """The settings with logs as people read them, where people see them and nobody chose."""
    if not sys.stderr.isatty() or os.environ.get(variable("log_format")):
        return settings
    os.environ[variable("log_format")] = "text"
    return replace(settings, log_format="text")


def _with_key(settings: Settings) -> Settings:
    """The settings with a key, one for all workers: they read it from their environment."""
    ready = settings.for_serving()
    if ready.secret_key != settings.secret_key:
        os.environ[variable("secret_key")] = ready.secret_key
        print(
            "regmap: development: made a secret key; sessions and receipts last for this run alone",
            file=sys.stderr,
        )
    if ready.has_weak_key:
        print(
            f"regmap: {variable('secret_key')} is short enough to be guessed: make it"
            f" {SHORTEST_KEY} characters or more",
            file=sys.stderr,
        )
    return ready


def _is_free(host: str, port: int) -> bool:
    """Whether one can listen there."""
    try:
        with socket.create_server((host, port)):
            return True
    except OSError:
        return False


def _check(settings: Settings) -> None:
    """Make sure that the data can be served, and fill the cache that the workers read."""
    try:
        drawings = check_readable(
            settings.database_url,
            settings.data_dir,
            settings.cache_dir,
            settings.boundaries_dir,
        )
        Receipts(settings.secret_key)
        Limits(settings.redis_url, settings.secret_key)
        map_parts(settings.cache_dir)
        Shapes(drawings, settings.cache_dir).warm()
    except (DataProblem, InvalidSetting, InvalidValue) as error:
        print(f"regmap: {error}", file=sys.stderr)
        sys.exit(1)
