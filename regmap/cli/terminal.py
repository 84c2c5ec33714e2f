"""What all commands share: the console, the settings, the data set, and how errors are told."""

import os
import sys
import unicodedata
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from regmap.domain.errors import InvalidValue, RegmapError
from regmap.settings import Settings

if TYPE_CHECKING:
    from regmap.services.bundle import Services
    from regmap.services.source import SnapshotSource
    from regmap.store.database import Database

console = Console(highlight=False, soft_wrap=True)
FOUND_PROBLEMS = 1
WRONG_USE = 2


def explained(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn our own errors into one clear line, and exit status 1 or 2."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except InvalidValue as error:
            click.echo(f"regmap: {error}", err=True)
            sys.exit(WRONG_USE)
        except RegmapError as error:
            click.echo(f"regmap: {error}", err=True)
            sys.exit(FOUND_PROBLEMS)

    return run


def present_settings() -> Settings:
    """The settings, as the environment has them."""
    return Settings.from_environment(os.environ)


def printable(text: str) -> str:
    """A text by whoever it may be, safe to print: what moves the cursor or turns lines is spelt."""
    return "".join(
        one.encode("unicode_escape").decode()
        if one not in "\n\t" and unicodedata.category(one) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        else one
        for one in text
    )


def open_database() -> "Database":
    """The database that the settings name.

    :raises DataProblem: if it is not there, or of another version.
    """
    from regmap.store.database import Database

    chosen = present_settings()
    database = Database(chosen.database_url, chosen.database_read_url)
    database.check()
    return database


def open_source(database: "Database", day: date | None = None) -> "SnapshotSource[Services]":
    """The services over a database and the data folder of the settings.

    :param day: by which evidence is aged; None: the present one (UTC).
    :raises DataProblem: if something is missing or broken.
    """
    from regmap.http.context import today
    from regmap.services.bundle import open_services

    chosen = present_settings()
    aged_by = today if day is None else lambda: day
    return open_services(
        database, chosen.data_dir, chosen.cache_dir, aged_by, chosen.boundaries_dir
    )
