"""``regmap serve``: granian with our app, one process or many."""

import os

from flask import Flask
from granian import Granian
from granian.constants import Interfaces

from regmap.app import create_app
from regmap.services.check import check_readable
from regmap.settings import Settings, variable


def application() -> Flask:
    """The app of one worker process, from the environment."""
    return create_app(Settings.from_environment(os.environ))


def run(settings: Settings, host: str, port: int, workers: int) -> int:
    """Serve until told to stop, and return the exit status.

    :raises DataProblem: at once, in this process, if the data cannot be served.
    """
    check_readable(settings.database_url, settings.data_dir, settings.cache_dir)
    os.environ[variable("host")], os.environ[variable("port")] = host, str(port)
    Granian(
        "regmap.server:application",
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
