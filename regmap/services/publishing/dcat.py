"""``dcat.jsonld``: a release for catalogues of data (DCAT 3 in JSON-LD).

Addresses are relative to the file, so that they hold wherever the package is put; nothing has to
be fetched to read it.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from regmap.services.naming import AUTHORS, TITLE
from regmap.services.naming import LICENCE as LICENCE_URL
from regmap.services.publishing.edition import DESCRIPTION, KEYWORDS, Edition, Part, folder_of

FILE = "dcat.jsonld"
_CONTEXT: Mapping[str, Any] = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_WORLD = "POLYGON((-180 -90, 180 -90, 180 90, -180 90, -180 -90))"
_ENGLISH = "http://publications.europa.eu/resource/authority/language/ENG"
_IRREGULAR = "http://publications.europa.eu/resource/authority/frequency/IRREG"
_REGISTERED = "https://www.iana.org/assignments/media-types/"
_UNREGISTERED = frozenset({"application/x-ndjson", "application/yaml"})


def release_dcat(edition: Edition, parts: Iterable[Part], earliest: date | None) -> dict[str, Any]:
    """The description of a release.

    :param earliest: the first day that a period of law begins on; None: there is none.
    """
    told: dict[str, Any] = {
        "@context": dict(_CONTEXT),
        "@id": "./",
        "@type": "dcat:Dataset",
        "dcterms:title": _english(TITLE),
        "dcterms:description": _english(DESCRIPTION),
        "dcterms:identifier": edition.version,
        "dcterms:license": {"@id": LICENCE_URL},
        "dcterms:publisher": {"@type": "foaf:Agent", "foaf:name": AUTHORS},
        "dcterms:creator": {"@type": "foaf:Agent", "foaf:name": AUTHORS},
        "dcterms:issued": _typed(edition.dated.isoformat(), "xsd:date"),
        "dcterms:language": {"@id": _ENGLISH},
        "dcterms:accrualPeriodicity": {"@id": _IRREGULAR},
        "dcterms:bibliographicCitation": edition.citation,
        "dcterms:spatial": {
            "@type": "dcterms:Location",
            "dcat:bbox": _typed(_WORLD, "geo:wktLiteral"),
        },
        "dcterms:temporal": _temporal(earliest, edition.on),
        "dcat:version": edition.version,
        "dcat:keyword": [_english(word) for word in KEYWORDS],
        "dcat:distribution": [_distribution(part) for part in parts],
    }
    if edition.previous is not None:
        told["dcat:previousVersion"] = {"@id": f"../{folder_of(edition.previous)}/"}
    return told


def _distribution(part: Part) -> dict[str, Any]:
    told: dict[str, Any] = {
        "@id": part.path,
        "@type": "dcat:Distribution",
        "dcterms:title": _english(part.title),
        "dcterms:description": _english(part.description),
        "dcterms:license": {"@id": LICENCE_URL},
        "dcat:downloadURL": {"@id": part.path},
        "dcat:byteSize": _typed(str(part.bytes), "xsd:nonNegativeInteger"),
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": _typed(part.sha256, "xsd:hexBinary"),
        },
    }
    if part.mediatype in _UNREGISTERED:
        told["dcterms:format"] = part.mediatype
    else:
        told["dcat:mediaType"] = {"@id": f"{_REGISTERED}{part.mediatype}"}
    return told


def _temporal(earliest: date | None, on: date) -> dict[str, Any]:
    told: dict[str, Any] = {"@type": "dcterms:PeriodOfTime"}
    if earliest is not None:
        told["dcat:startDate"] = _typed(earliest.isoformat(), "xsd:date")
    return {**told, "dcat:endDate": _typed(on.isoformat(), "xsd:date")}


def _english(text: str) -> dict[str, str]:
    return {"@value": text, "@language": "en"}


def _typed(value: str, kind: str) -> dict[str, str]:
    return {"@value": value, "@type": kind}
