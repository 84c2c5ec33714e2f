"""Empty stores on one kind of database, without waiting for their tables to be made."""

from __future__ import annotations

import shutil
from itertools import count
from pathlib import Path

import pytest

from regmap.store.database import Database
from tests.once import made_once
from tests.postgres import Server, empty, shared_server
from tests.served import DATABASE, url_of
from tests.stored import url_of_store

ENGINES = ("sqlite", "postgresql")


class Stores:
    """Gives empty stores of this version, and takes them back.

    :param template: the file of one, closed; None: they are on the server.
    :param folder: where new files are put.
    """

    def __init__(self, template: Path | None, server: Server | None, folder: Path) -> None:
        self._template, self._server, self._folder = template, server, folder
        self._numbers = count(1)
        self._free: list[str] = []

    @property
    def server(self) -> Server | None:
        """The server that they are on, if they are on one."""
        return self._server

    def new_url(self, file: Path | None = None) -> str:
        """The URL of an empty store.

        :param file: where to put it, if it is a file.
        """
        if self._server is not None:
            if not self._free:
                return self._server.new_url()
            url = self._free.pop()
            empty(url)  # a twentieth of the time that a new one takes
            return url
        assert self._template is not None
        to = file or self._folder / f"{next(self._numbers)}.sqlite"
        return url_of(Path(shutil.copy(self._template, to)))

    def new(self) -> Database:
        """An empty store, open."""
        return Database(self.new_url())

    def take_back(self, database: Database) -> None:
        """Close a store that is not needed any more."""
        database.close()
        self.take_back_url(url_of_store(database))

    def take_back_url(self, url: str) -> None:
        """The same of a store that is closed."""
        if self._server is not None:
            self._free.append(url)


_opened: dict[str, Stores] = {}


def stores_of(factory: pytest.TempPathFactory, engine: str) -> Stores:
    """The stores of this process on an engine (one of ``ENGINES``)."""
    if engine not in _opened:
        _opened[engine] = _stores(factory, engine)
    return _opened[engine]


def _stores(factory: pytest.TempPathFactory, engine: str) -> Stores:
    folder = factory.mktemp("stores")
    if engine == "postgresql":
        return Stores(None, shared_server(factory), folder)
    template = made_once(factory, "empty", _make_empty) / DATABASE
    return Stores(template, None, folder)


def _make_empty(folder: Path) -> None:
    made = Database(url_of(folder / DATABASE))
    made.migrate()
    made.scrub()
    made.close()
