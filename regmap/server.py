"""``regmap serve``: granian with our app, one process or many."""

import os
import socket
import sys
from multiprocessing import get_context

from regmap.domain.errors import DataProblem, InvalidValue
from regmap.http.limits import Limits
from regmap.services.check import check_readable
from regmap.services.receipts import Receipts
from regmap.settings import SHORTEST_KEY, InvalidSetting, Settings, variable
from regmap.web.folium_map import map_parts
from regmap.web.shapes import Shapes

_ALLOCATOR = {"_RJEM_MALLOC_CONF": "narenas:1,dirty_decay_ms:0,muzzy_decay_ms:0"}
"""granian's own memory goes back at once: else it would keep room for the largest answers. It costs
a sixth of the rate of points, and saves 20 MB in each worker."""


def run(settings: Settings, host: str, port: int, workers: int) -> int:
    """Serve until told to stop, and return the exit status: 1 if the data cannot be served.

    :raises InvalidSetting: if there is no secret key.
    """
    settings = _with_key(settings)
    # In a process of its own: workers are forked from this one, and would inherit what checking
    # and filling the cache leaves in memory (200 MB when the cache is cold).
    checking = get_context("fork").Process(target=_check, args=(settings,))
    checking.start()
    checking.join()
    if checking.exitcode:
        return checking.exitcode
    if not _is_free(host, port):
        print(f"regmap: cannot listen on {host}:{port}; is another server there?", file=sys.stderr)
        return 1
    os.environ[variable("host")], os.environ[variable("port")] = host, str(port)
    os.environ.update(_ALLOCATOR)
    from granian import Granian  # not at the top: it reads that when it is loaded
    from granian.constants import Interfaces, Loops

    Granian(
        "regmap.app:front",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        loop=Loops.uvloop,
        workers=workers,
        respawn_failed_workers=True,
        # One that is asked to end while it starts does not hear it, and would be waited for.
        workers_kill_timeout=10,
        websockets=False,
    ).serve()
    return 0


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
