"""The documents around the features: landing page, conformance, collections."""

from typing import Any

from regmap.http.host import site
from regmap.ogc.links import COLLECTION, CRS84, Link, address, itself, link, plain
from regmap.ogc.negotiation import GEOJSON, HTML, JSON, OPENAPI, Offer, offers
from regmap.services.naming import LICENCE

PLAIN = offers(JSON)
DEFINITION = offers(OPENAPI, JSON)

TITLE = "regmap: the legal status of kratom, as features"
ABOUT = (
    "Every jurisdiction of the data set with the legal status of kratom or 7-OH on a day, for map"
    " clients. “unknown” is never to be read as lawful. Information about law, not legal or"
    " medical advice."
)
_ITEMS_ABOUT = (
    "Countries, states, territories, counties, tribal lands and places with a rule, each with the"
    " status in force on a day, the law of the layers above included. Shapes are light ones for"
    " drawing; a Point stands where no limits are loaded."
)
# Only what tests/ogc tests.
CONFORMANCE = tuple(
    f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}"
    for name in ("core", "oas30", "html", "geojson")
)


def landing(shown: Offer) -> dict[str, Any]:
    """The landing page: where everything starts."""
    return {
        "title": TITLE,
        "description": ABOUT,
        "links": [
            *itself("", PLAIN, shown),
            link(address("/api", f="json"), "service-desc", OPENAPI, "The definition of this API"),
            link(address("/api", f="html"), "service-doc", HTML, "The definition, to read"),
            link(_as(shown, "/conformance"), "conformance", plain(shown), "What this conforms to"),
            link(_as(shown, "/collections"), "data", plain(shown), "The collections"),
            _licence(),
        ],
    }


def conformance(shown: Offer) -> dict[str, Any]:
    """What of the standard this keeps to."""
    return {"conformsTo": CONFORMANCE, "links": itself("/conformance", PLAIN, shown)}


def collections(shown: Offer) -> dict[str, Any]:
    """All collections: one."""
    path = f"/collections/{COLLECTION}"
    described = link(_as(shown, path), "self", plain(shown), "This collection")
    return {
        "links": itself("/collections", PLAIN, shown),
        "collections": [{**_collection(), "links": [described, *_collection_links()]}],
    }


def collection(shown: Offer) -> dict[str, Any]:
    """The one collection."""
    links = [*itself(f"/collections/{COLLECTION}", PLAIN, shown), *_collection_links()]
    return {**_collection(), "links": links}


def _collection() -> dict[str, Any]:
    return {
        "id": COLLECTION,
        "title": "Jurisdictions",
        "description": _ITEMS_ABOUT,
        "extent": {
            "spatial": {"bbox": [[-180, -90, 180, 90]], "crs": CRS84},
            # some law has held since before anybody looked
            "temporal": {
                "interval": [[None, None]],
                "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian",
            },
        },
        "itemType": "feature",
        "crs": [CRS84],
        "storageCrs": CRS84,
    }


def _collection_links() -> list[Link]:
    items = f"/collections/{COLLECTION}/items"
    codebook = f"{site()}/api/v1/codebook"
    return [
        link(address(items, f="json"), "items", GEOJSON, "The features as GeoJSON"),
        link(address(items, f="html"), "items", HTML, "The features as pages"),
        link(codebook, "describedby", JSON, "The codebook: what every code means"),
        _licence(),
    ]


def _as(shown: Offer, path: str) -> str:
    return address(path, f=shown.format)


def _licence() -> Link:
    return link(LICENCE, "license", HTML, "CC BY 4.0, the licence of the data")
