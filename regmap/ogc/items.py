"""The features: a page of them, and one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Any

import orjson
from flask import Response, request

from regmap.domain.errors import InvalidValue
from regmap.domain.vocabulary import Substance
from regmap.http.context import services, today
from regmap.http.host import site
from regmap.ogc import answers, parameters
from regmap.ogc.links import COLLECTION, Link, address, itself, link, plain
from regmap.ogc.negotiation import GEOJSON, HTML, JSON, Offer, chosen, offers
from regmap.services.bundle import Services
from regmap.services.features import SITE, Span, Wanted
from regmap.services.snapshot import Snapshot

ITEMS = offers(GEOJSON, JSON)
PATH = f"/collections/{COLLECTION}/items"
DISCLAIMER = "Information about law, not legal or medical advice. Laws change; check the sources."

OF_ONE = ("f", "substance", "on", "known_at", "crs")
OF_MANY = (
    *OF_ONE,
    "bbox",
    "bbox-crs",
    "datetime",
    "limit",
    "offset",
    "level",
    "status",
)
_NOT_FILTERS = ("f", "limit", "offset")


@dataclass(frozen=True, slots=True)
class Question:
    """What the address asks for; ``filters`` are its parameters but format and paging."""

    asked: Services
    wanted: Wanted
    filters: tuple[tuple[str, str], ...]
    limit: int
    offset: int
    day: date

    @property
    def key(self) -> tuple[Any, ...]:
        """All that the answer depends on, but its format."""
        version = self.asked.snapshot.data_version
        return site(), version, self.day, self.filters, self.limit, self.offset

    def address(self, **changed: Any) -> str:
        """The address of this question with a changed part."""
        asked = {"limit": self.limit, "offset": self.offset, **changed}
        if not asked["offset"]:
            del asked["offset"]
        return address(PATH, **dict(self.filters), **asked)


def items() -> Response:
    """A page of features.

    :raises InvalidValue: naming every parameter that cannot be used.
    """
    parameters.refuse_unknown(OF_MANY)
    shown = chosen(ITEMS)
    question = _question()
    write = _page if shown.mimetype == HTML else _collection
    body = partial(write, question, shown)
    return answers.kept((shown.mimetype, *question.key), body, shown.mimetype)


def item(feature_id: str) -> Response:
    """One feature.

    :raises UnknownJurisdiction: if there is none of that id.
    """
    parameters.refuse_unknown(OF_ONE)
    shown = chosen(ITEMS)
    parameters.check_crs()
    asked = services(parameters.known_at())
    substance, day = _substance(asked), parameters.day() or today()
    feature = asked.features.feature(feature_id, substance, day)
    path = f"{PATH}/{feature_id}"
    links = [*itself(path, ITEMS, shown, **dict(_filters())), _up(shown)]
    told = _told(asked.snapshot)
    question = (shown.mimetype, site(), told["data_version"], today(), path, _filters())

    def write() -> bytes:
        document = {**feature, "links": links, **told}
        if shown.mimetype != HTML:
            return _placed(orjson.dumps(document))
        properties = asked.features.properties(feature_id, substance, day)
        shape = orjson.dumps(feature["geometry"]).decode()
        return answers.written(shown, "item", document, properties=properties, shape=shape)

    return answers.kept(question, write, shown.mimetype)


def _question() -> Question:
    parameters.check_crs()
    asked = services(parameters.known_at())
    now, on, times = today(), parameters.day(), parameters.times()
    if on is not None and times is not None:
        raise InvalidValue({"on": ["Give `datetime` or `on`, not both."]})
    span: Span | None = times.span if times else None
    wanted = Wanted(
        substance=_substance(asked),
        day=times.shown_on(now) if times else on or now,
        span=span,
        bbox=parameters.bbox(),
        levels=parameters.levels(),
        status=parameters.status(),
    )
    return Question(asked, wanted, _filters(), parameters.limit(), parameters.offset(), now)


def _filters() -> tuple[tuple[str, str], ...]:
    given = request.args.items()
    return tuple((name, value) for name, value in given if name not in _NOT_FILTERS)


def _substance(asked: Services) -> Substance:
    """The substance in the address, or the first of the codebook."""
    substances = asked.snapshot.substances
    code = request.args.get("substance", next(iter(substances)))
    if code not in substances:
        raise InvalidValue({"substance": [f"Must be one of: {', '.join(substances)}."]})
    return substances[code]


def _collection(question: Question, shown: Offer) -> bytes:
    wanted, features = question.wanted, question.asked.features
    found = features.found(wanted)
    part = found[question.offset : question.offset + question.limit]
    document = {
        **_about(question, shown, len(found), len(part)),
        "features": [features.feature(one.id, wanted.substance, wanted.day) for one in part],
    }
    return _placed(orjson.dumps(document))


def _page(question: Question, shown: Offer) -> bytes:
    wanted, features = question.wanted, question.asked.features
    found = features.found(wanted)
    part = found[question.offset : question.offset + question.limit]
    rows = [
        (
            features.properties(one.id, wanted.substance, wanted.day),
            features.bbox(one.id),
            address(f"{PATH}/{one.id}", **_of_one(question), f="html"),
        )
        for one in part
    ]
    about = _about(question, shown, len(found), len(part))
    return answers.written(
        shown,
        "items",
        about,
        rows=rows,
        wanted=wanted,
        first=question.offset + 1,
        limit=question.limit,
        substances=question.asked.snapshot.substances.values(),
        MAX_LIMIT=parameters.MAX_LIMIT,
    )


def _of_one(question: Question) -> Mapping[str, str]:
    """The parameters that show one of the features as the page shows it."""
    kept = {name: value for name, value in question.filters if name in OF_ONE}
    if "datetime" in dict(question.filters):
        kept["on"] = question.wanted.day.isoformat()
    return kept


def _about(question: Question, shown: Offer, matched: int, returned: int) -> dict[str, Any]:
    """What stands around the features of a page."""
    return {
        "type": "FeatureCollection",
        "links": _links(question, shown, matched),
        "timeStamp": _moment(question.asked.snapshot, question.day),
        "numberMatched": matched,
        "numberReturned": returned,
        **_told(question.asked.snapshot),
    }


def _links(question: Question, shown: Offer, matched: int) -> list[Link]:
    links = [
        link(
            question.address(f=one.format),
            "self" if one.format == shown.format else "alternate",
            one.mimetype,
            "These features" if one.format == shown.format else f"As {one.format.upper()}",
        )
        for one in (ITEMS[0], ITEMS[-1])
    ]
    after, before = question.offset + question.limit, max(0, question.offset - question.limit)
    kind = shown.mimetype
    if question.offset > 0:
        href = question.address(offset=before, f=shown.format)
        links.append(link(href, "prev", kind, "The features before these"))
    if after < matched:
        href = question.address(offset=after, f=shown.format)
        links.append(link(href, "next", kind, "The features after these"))
    return [*links, _up(shown)]


def _up(shown: Offer) -> Link:
    href = address(f"/collections/{COLLECTION}", f=shown.format)
    return link(href, "collection", plain(shown), "The collection")


def _told(snapshot: Snapshot) -> Mapping[str, Any]:
    return {"data_version": snapshot.data_version, "disclaimer": DISCLAIMER}


def _moment(snapshot: Snapshot, day: date) -> str:
    """Since when the answer is what it is: its data are, or the day that it speaks of as today.

    Not the present moment: every answer would be a new one to caches, its ETag with it.
    """
    midnight = datetime.combine(day, time(), UTC)
    moment = max(snapshot.recorded_at or midnight, midnight)
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _placed(body: bytes) -> bytes:
    """A body with the site's address where it belongs."""
    own = orjson.dumps(site())[1:-1]
    return body.replace(SITE.encode(), own)
