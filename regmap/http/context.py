"""The services of the app that answers the current request."""

from datetime import UTC, date, datetime

from flask import Flask, current_app

from regmap.services.bundle import Services
from regmap.services.receipts import Receipts
from regmap.services.source import SnapshotSource

_KEY = "regmap"
_RECEIPTS = "regmap-receipts"


def attach(app: Flask, source: SnapshotSource[Services], signing: Receipts) -> None:
    """Give an app its services, and what signs its receipts."""
    app.extensions[_KEY] = source
    app.extensions[_RECEIPTS] = signing


def receipts() -> Receipts:
    """What signs the receipts of the current app."""
    found: Receipts = current_app.extensions[_RECEIPTS]
    return found


def source() -> SnapshotSource[Services]:
    """Where the services of the current app come from."""
    return source_of(current_app)


def source_of(app: Flask) -> SnapshotSource[Services]:
    """Where the services of an app come from."""
    found: SnapshotSource[Services] = app.extensions[_KEY]
    return found


def services(known_at: datetime | None = None) -> Services:
    """The services of the present snapshot, or of a past moment.

    :raises InvalidValue: if the moment lies in the future.
    """
    return source().current() if known_at is None else source().known_at(known_at)


def today() -> date:
    """The present day in UTC."""
    return datetime.now(UTC).date()
