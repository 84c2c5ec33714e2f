"""``regmap serve``: granian with our app, one process or many."""

import os

from granian import Granian
from granian.constants import Interfaces

from regmap.services.check import check_readable
from regmap.settings import Settings, variable
from regmap.web.folium_map import map_parts


def run(settings: Settings, host: str, port: int, workers: int) -> int:
    """Serve until told to stop, and return the exit status.

    :raises DataProblem: at once, in this process, if the data cannot be served.
    """
    check_readable(settings.database_url, settings.data_dir, settings.cache_dir)
    map_parts(settings.cache_dir)  # made here once, so that no worker has to import folium
    os.environ[variable("host")], os.environ[variable("port")] = host, str(port)
    Granian(
        "regmap.app:application",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        # Few threads: with many, one slow answer holds the others up behind the interpreter lock.
        blocking_threads=2,
        respawn_failed_workers=True,
    ).serve()
    return 0
