"""The services of the app that answers the current request."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app

from regmap.services.bundle import Services
from regmap.services.receipts import Receipts
from regmap.services.source import SnapshotSource

if TYPE_CHECKING:
    from regmap.services.desk import Desk

_KEY = "regmap"
_RECEIPTS = "regmap-receipts"
_DESCRIPTION = "regmap-description"
_DESK = "regmap-desk"


def attach(app: Flask, source: SnapshotSource[Services], signing: Receipts) -> None:
    """Give an app its services, and what signs its receipts."""
    app.extensions[_KEY] = source
    app.extensions[_RECEIPTS] = signing


def attach_desk(app: Flask, opened: "Desk") -> None:
    """Give an app what takes corrections in and decides them."""
    app.extensions[_DESK] = opened


def desk() -> "Desk":
    """What takes corrections in and decides them, of the current app."""
    return desk_of(current_app)


def desk_of(app: Flask) -> "Desk":
    """What takes corrections in and decides them, of an app."""
    found: Desk = app.extensions[_DESK]
    return found


def describe(app: Flask, document: Mapping[str, Any]) -> None:
    """Give an app the description of its API (OpenAPI), which a page shows."""
    app.extensions[_DESCRIPTION] = document


def description() -> Mapping[str, Any]:
    """The description of the current app's API."""
    found: Mapping[str, Any] = current_app.extensions[_DESCRIPTION]
    return found


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
