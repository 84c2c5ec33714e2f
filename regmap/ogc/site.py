"""Joins ``/ogc`` to an app."""

from flask import Blueprint, Flask, Response
from werkzeug.exceptions import BadRequest, NotFound

from regmap.domain.errors import InvalidValue
from regmap.http.problems import problem
from regmap.ogc import documents, items, parameters
from regmap.ogc.answers import document, join_answers
from regmap.ogc.links import COLLECTION, ROOT
from regmap.ogc.negotiation import chosen
from regmap.ogc.openapi import definition

_COLLECTION = "/collections/<string:collection_id>"


def join_ogc(app: Flask) -> None:
    """Serve OGC API – Features below ``/ogc``."""
    join_answers(app)
    blp = Blueprint("ogc", __name__, url_prefix=ROOT, template_folder="templates")
    _join_documents(blp)
    _join_collection(blp)
    blp.register_error_handler(InvalidValue, _refused)
    blp.after_request(_varying)
    app.register_blueprint(blp)


def _join_documents(blp: Blueprint) -> None:
    @blp.get("")
    @blp.get("/")
    def landing() -> Response:
        """The landing page."""
        parameters.refuse_unknown(("f",))
        shown = chosen(documents.PLAIN)
        return document(shown, "landing", documents.landing(shown))

    @blp.get("/conformance")
    def conformance() -> Response:
        """What of the standard this keeps to."""
        parameters.refuse_unknown(("f",))
        shown = chosen(documents.PLAIN)
        return document(shown, "conformance", documents.conformance(shown))

    @blp.get("/api")
    def api() -> Response:
        """The definition of this API."""
        parameters.refuse_unknown(("f",))
        shown = chosen(documents.DEFINITION)
        return document(shown, "api", definition())

    @blp.get("/collections")
    def collections() -> Response:
        """All collections."""
        parameters.refuse_unknown(("f",))
        shown = chosen(documents.PLAIN)
        return document(shown, "collections", documents.collections(shown))


def _join_collection(blp: Blueprint) -> None:
    @blp.get(_COLLECTION)
    def collection(collection_id: str) -> Response:
        """One collection."""
        _check(collection_id)
        parameters.refuse_unknown(("f",))
        shown = chosen(documents.PLAIN)
        return document(shown, "collection", documents.collection(shown))

    @blp.get(f"{_COLLECTION}/items")
    def features(collection_id: str) -> Response:
        """A page of features."""
        _check(collection_id)
        return items.items()

    @blp.get(f"{_COLLECTION}/items/<string:feature_id>")
    def feature(collection_id: str, feature_id: str) -> Response:
        """One feature."""
        _check(collection_id)
        return items.item(feature_id)


def _check(collection_id: str) -> None:
    if collection_id != COLLECTION:
        raise NotFound(f"There is no collection of this name; the only one is {COLLECTION}.")


def _refused(error: InvalidValue) -> Response:
    """Bad input is 400 here, as the standard has it, and not 422 as in the API."""
    bad = BadRequest()
    bad.data = {"messages": {"query": error.errors}}  # type: ignore[attr-defined]  # as webargs does
    return problem(bad)


def _varying(response: Response) -> Response:
    response.vary.add("Accept")
    return response
