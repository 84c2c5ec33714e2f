"""What a description cannot say of a good question: settled here, so that it can be answered.

JSON Schema has no words for "one of these parameters", "`from` lies before `to`", or "a substance
of this data set". A question that keeps to the description and breaks such a rule is refused with
422, and rightly so. Each such rule stands here once, and a generated question is made to keep it;
all the rest of it is left as it came. So every call can be held to `positive_data_acceptance`, and
a rule that is neither in the description nor here fails it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zlib import crc32

T = TypeVar("T")
Values = dict[str, Any]

SUBSTANCES = ("kratom", "7-oh")
JURISDICTIONS = ("US", "US-TN", "TH", "US-MS-columbus", "US-PR", "CU", "US-FL-sarasota-county")
PLACES = ("Paris, TX", "Columbus", "Bangkok")
ZIPS = ("42223", "39701", "09012", "00000")
MOMENTS = ("2020-01-01", "2000-02-29T12:00:00Z", "2026-01-01T00:00:00+02:00")
TIMES = ("2018-02-12", "2018-02-12T00:00:00Z/..", "../2030-01-01", "2016-01-01/2020-01-01")
BOXES = ("-90,30,-80,40", "170.0,-20.0,0.0,-170.0,20.0,10.0")
VERSIONS = ("1", "2", "3")
KEPT_EVERY = 4
"""Of ids, names and codes that need not exist (404), so many-th stay as they were made."""

PERIOD: Values = {
    "from": "2026-11",  # no record has a later period, which an open one before it would overlap
    "status": "regulated",
    "min_age": 21,
    "possession": "allowed",
    "sale": "restricted",
    "summary": "Adults alone.",
    "confidence": "high",
}
PROPOSALS: Sequence[Values | None] = (None, PERIOD, {**PERIOD, "min_age": 18})
RECORD: Values = {
    "periods": [
        {
            **PERIOD,
            "from": "2023-07-01",
            "to": None,
            "extent": "whole",
            "sources": [{"title": "Code", "url": "https://law.example.gov/1", "kind": "statute"}],
        }
    ],
    "evidence_as_of": "2026-11",
}
_ORDINALS = count(1)
LINES: Sequence[Sequence[Sequence[float]]] = (
    ((-87.5, 33.0), (-84.0, 36.5)),
    ((100.5, 13.7), (101.0, 14.0), (101.0, 15.0)),
)

_POINT = frozenset({"lat", "lon"})
_KINDS = (_POINT, frozenset({"zip"}), frozenset({"place"}), frozenset({"jurisdiction"}))
# What no text has: control and format characters, halves of pairs, what Unicode keeps free.
_UNWRITABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]|[^\u0000-\uffff]"
)
_IN_REACH = re.compile("1[89]|2[01]|2200")  # the years that a day may lie in


def chosen(among: Sequence[T], by: object) -> T:
    """One of several: the same for the same value."""
    return among[crc32(repr(by).encode("utf-8", "replace")) % len(among)]


def _mostly(among: Sequence[str], given: Any) -> Any:
    if crc32(repr((given, "kept")).encode("utf-8", "replace")) % KEPT_EVERY == 0 and given:
        return given
    return chosen(among, given)


# --- Values that are right or wrong by themselves. ----------------------------------------------


def known_values(values: Values, besides: frozenset[str] = frozenset()) -> Values:
    """The values, those of them replaced that this data set does not know.

    :param besides: names that are left alone: something is wrong with them on purpose.
    """
    found = dict(values)
    for name, given in values.items():
        settle = _ALONE.get(name)
        if settle is not None and name not in besides and isinstance(given, str | int | float):
            found[name] = settle(given)
    return found


def _plain(number: Any) -> Any:
    """A number that is written without an exponent; a text, where one stands for it, as it is."""
    return round(number, 6) if isinstance(number, float) else number


_ALONE: Mapping[str, Callable[[Any], Any]] = {
    "known_at": lambda given: chosen(MOMENTS, given),
    "on": lambda given: given if _IN_REACH.match(str(given)) else "2024-02-29",
    "since": lambda given: given if str(given).isdecimal() else chosen(MOMENTS, given),
    "substance": lambda given: chosen(SUBSTANCES, given),
    "jurisdiction": lambda given: _mostly(JURISDICTIONS, given),
    "parent": lambda given: _mostly(JURISDICTIONS, given),
    "place": lambda given: _mostly(PLACES, given) if str(given).strip() else PLACES[0],
    "zip": lambda given: _mostly(ZIPS, given),
    "q": lambda given: given if str(given).strip() else "Austin",
    "lat": _plain,
    "lon": _plain,
}


# --- Values that have to do with each other. ----------------------------------------------------


def _one_location(query: Values) -> Values:
    """Exactly one way of naming a spot."""
    kind = chosen(_KINDS, sorted(query.items(), key=lambda one: one[0]))
    usual = {"lat": 33.5, "lon": -86.8, "zip": ZIPS[0], "place": PLACES[0], "jurisdiction": "US"}
    rest = {name: given for name, given in query.items() if name not in usual}
    return {**rest, **{name: query.get(name, usual[name]) for name in kind}}


def _in_order(query: Values) -> Values:
    """`from` is not after `to`."""
    if "from" in query and "to" in query:
        query["from"], query["to"] = sorted((query["from"], query["to"]))
    return query


def _versions(query: Values) -> Values:
    """Versions that there are, the older one first."""
    for name in ("from", "to"):
        if name in query:
            query[name] = chosen(VERSIONS, query[name])
    return _in_order(query)


def _box(query: Values) -> Values:
    """Corners that lie on the Earth, south below north."""
    if "bbox" in query:
        west, south, east, north = (float(one) for one in query["bbox"].split(","))
        south, north = sorted((south % 90, north % 90))
        query["bbox"] = f"{west % 180:.3f},{south:.3f},{east % 180:.3f},{north:.3f}"
    return query


def _file(query: Values, form: str) -> Values:
    """Shapes are asked for where a form has any, a day where a table is of one."""
    if form in ("csv", "jsonl"):
        query.pop("geometry", None)
    if query.get("table") == "records":
        query.pop("on", None)
    return query


def _route(body: Values) -> Values:
    """A line, a Feature of one, or stops; never two of them."""
    rest: Values = {name: body[name] for name in ("on", "known_at", "substance") if name in body}
    line: Values = {"type": "LineString", "coordinates": chosen(LINES, body)}
    feature: Values = {
        "type": "Feature",
        "geometry": line,
        **{name: body[name] for name in ("properties", "id", "bbox") if name in body},
    }
    stops: Values = {"stops": [{"zip": ZIPS[0]}, {"jurisdiction": chosen(JURISDICTIONS, body)}]}
    return {**rest, **chosen((line, feature, stops), sorted(body))}


def _correction(body: Values) -> Values:
    """Texts that can be read, sources that lead somewhere, and a proposal that is law."""
    settled = {**body, "sources": [_source(one) for one in body.get("sources", ())]}
    if settled.get("message") is not None:
        settled["message"] = readable(settled["message"])
    else:
        settled["message"] = "The minimum age is 21."
    if settled.get("proposed") is not None:
        settled["proposed"] = _differing(chosen(PROPOSALS, settled["proposed"]))
    if isinstance(settled.get("submitter"), dict):
        settled["submitter"] = _submitter(settled["submitter"])
    return settled


def _source(source: Values) -> Values:
    settled = dict(source)
    if settled.get("title") is not None:
        settled["title"] = readable(settled["title"])
    if not _leads_somewhere(settled["url"]):
        settled["url"] = "https://law.example.gov/59"
    return settled


def _leads_somewhere(url: str) -> bool:
    try:
        return bool(urlsplit(url).hostname) and url.isprintable() and " " not in url
    except ValueError:
        return False


def _submitter(submitter: Values) -> Values:
    settled = dict(submitter)
    if settled.get("name") is not None:
        settled["name"] = readable(settled["name"])
    if settled.get("email") is not None:
        settled["email"] = "ana@example.org"
    return settled


def _noted(body: Values) -> Values:
    """A reason that can be read, a record that is law, and what goes with the decision."""
    settled = dict(body)
    if "note" in settled:
        settled["note"] = readable(settled["note"])
    if settled.get("decision") != "reject":
        settled.pop("spam", None)
    if settled.get("record") is not None:
        settled["record"] = None if settled.get("decision", "accept") != "accept" else _record()
    return settled


def with_record(decision: Any) -> Any:
    """A decision on a mere message: accepting it takes the record to write."""
    if not isinstance(decision, dict) or decision.get("decision", "accept") != "accept":
        return decision
    return {**decision, "record": decision.get("record") or _record()}


def _record() -> Values:
    return {**RECORD, "periods": [_differing(one) for one in RECORD["periods"]]}


def _differing(period: Values | None) -> Any:
    """A period that stands in no record yet: what changes nothing is not accepted."""
    return period and {**period, "summary": f"Adults alone, section {next(_ORDINALS)}."}


def readable(text: str) -> str:
    """The text without what no text has; long enough to say something."""
    plain = _UNWRITABLE.sub("", text).strip()
    return plain if len(plain) >= 10 else f"{plain} That is so."


def _features(query: Values) -> Values:
    """A day or a time, not both; corners that lie on the Earth, heights left alone."""
    if "datetime" in query:
        query["datetime"] = chosen(TIMES, query["datetime"])
        query.pop("on", None)
    if "bbox" in query:
        query["bbox"] = chosen(BOXES, query["bbox"])
    if "level" in query and not query["level"]:
        query.pop("level")
    return query


_QUERIES: Mapping[str, Callable[[Values], Values]] = {
    "/api/v1/status": _one_location,
    "/api/v1/changes": _in_order,
    "/api/v1/versions/diff": _versions,
    "/api/v1/jurisdictions": _box,
    "/collections/{collectionId}/items": _features,
}
_BODIES: Mapping[str, Callable[[Values], Values]] = {
    "/api/v1/route": _route,
    "/api/v1/corrections": _correction,
    "/api/v1/corrections/{correction_id}": _correction,
    "/api/v1/corrections/{correction_id}/impact": _noted,
    "/api/v1/corrections/{correction_id}/decision": _noted,
    "/api/v1/corrections/{correction_id}/undo": _noted,
}


def settled_path(parameters: Values) -> Values:
    """Ids in an address, most of which there are."""
    ids: Mapping[str, Sequence[str]] = {
        "jurisdiction_id": JURISDICTIONS,
        "featureId": JURISDICTIONS,
        "collectionId": ("jurisdictions",),
    }
    return {
        name: _mostly(ids[name], given) if name in ids else given
        for name, given in parameters.items()
    }


def settled_query(path: str, query: Values, path_parameters: Values) -> Values:
    """A good query of a call, made to keep the rules that no description can tell."""
    known = known_values(query)
    if path == "/api/v1/export/{form}":
        return _file(known, path_parameters["form"])
    settle = _QUERIES.get(path)
    return settle(known) if settle else known


def settled_body(path: str, body: Any) -> Any:
    """A good body, likewise."""
    if not isinstance(body, dict):
        return body
    known = known_values(body)
    if isinstance(known.get("product"), dict):
        known["product"] = known_values(known["product"])
    if isinstance(known.get("items"), list):
        known["items"] = [known_values(one) for one in _objects(known["items"])]
    settle = _BODIES.get(path)
    return settle(known) if settle else known


def _objects(items: Sequence[Any]) -> Iterator[Values]:
    return (one for one in items if isinstance(one, dict))
