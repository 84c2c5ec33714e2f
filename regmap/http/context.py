"""The services of the app that answers the current request."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app, has_request_context, request

from regmap.services.bundle import Services
from regmap.services.receipts import Receipts
from regmap.services.source import SnapshotSource

if TYPE_CHECKING:
    from regmap.services.desk import Desk
    from regmap.services.exports.shelf import Shelf

_KEY = "regmap"
_RECEIPTS = "regmap-receipts"
_DESCRIPTION = "regmap-description"
_DESK = "regmap-desk"
_EXPORTS = "regmap-exports"
_PAST = "regmap.past"


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


def attach_exports(app: Flask, shelf: "Shelf") -> None:
    """Give an app the place where finished files are kept."""
    app.extensions[_EXPORTS] = shelf


def exports() -> "Shelf":
    """Where the current app keeps finished files."""
    found: Shelf = current_app.extensions[_EXPORTS]
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
    """The services of a past moment, or those that the request is answered from (``answer_from``).

    :raises InvalidValue: if the moment lies in the future.
    """
    if known_at is not None:
        return source().known_at(known_at)
    past: Services | None = request.environ.get(_PAST) if has_request_context() else None
    return past or source().current()


def answer_from(moment: datetime) -> None:
    """Answer the rest of the current request from what the data set said at a moment.

    Not kept in ``g``: that outlives a request where an app context is open around it.

    :raises InvalidValue: if the moment lies in the future.
    """
    request.environ[_PAST] = source().known_at(moment)


def today() -> date:
    """The present day in UTC."""
    return datetime.now(UTC).date()
