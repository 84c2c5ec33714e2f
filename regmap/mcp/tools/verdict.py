"""``verdict``: may this product go there? As ``POST /verdicts`` answers it, but for receipts."""

from collections.abc import Iterator, Sequence
from typing import Any

from regmap.api.batch import item_error
from regmap.api.blueprint import substance_of
from regmap.domain.errors import InvalidValue, RegmapError
from regmap.domain.locations import Location, Point
from regmap.domain.verdict_terms import Outcome, Product, Verdict
from regmap.mcp.arguments import MAX_VERDICTS
from regmap.mcp.envelope import Ground, Reply
from regmap.mcp.question import Question
from regmap.mcp.sentences import verdicts_said
from regmap.schemas.batch import Item, read_items
from regmap.schemas.verdicts import ProductSchema, VerdictSchema, product_of
from regmap.services.asking import asked_by

_product_schema = ProductSchema()
_verdict_schema = VerdictSchema()


def verdict(question: Question) -> Reply:
    """A verdict for each location, in order; an item that cannot be answered is ``unknown``.

    :raises InvalidValue: if there are more locations than an assistant can read.
    """
    query = question.query
    if len(query["items"]) > MAX_VERDICTS:
        count = f"{len(query['items']):,}"
        raise InvalidValue({"items": [f"Has {count} items; the most here is {MAX_VERDICTS}."]})
    code = query["product"]["substance"]
    substance = substance_of(question.asked, code, "product.substance")
    product = product_of(query["product"], substance)
    items = read_items(query["items"])
    judged = question.asked.verdicts.on_all([one.target for one in items], product, question.day)
    answer = {
        "query": {
            "product": _product_schema.dump(query["product"]),
            "on": question.day.isoformat(),
            "known_at": question.known_at,
        },
        "items": list(_written(items, judged)),
    }
    told = [
        (_where(question, item), None if isinstance(one, RegmapError) else one)
        for item, one in zip(items, judged, strict=True)
    ]
    said = verdicts_said(told, str(substance.name), question.day) + question.as_known
    ground = _ground(question, product, items, judged)
    page, alone = _page(question, items), len(items) == 1
    return question.reply(said, answer, ground, page, spelt_out=alone)


def _written(
    items: Sequence[Item], judged: Sequence[Verdict | RegmapError]
) -> Iterator[dict[str, Any]]:
    """The items of the answer; reasons that were written before are pointed to.

    Written out for each of 500 locations they would be more than an assistant can read.
    """
    first_with: dict[Verdict, int] = {}
    for place, (item, one) in enumerate(zip(items, judged, strict=True)):
        named = {} if item.id is None else {"id": item.id}
        wrong = item.target if isinstance(item.target, RegmapError) else one
        if isinstance(item.target, RegmapError) or isinstance(one, RegmapError):
            error = item_error(wrong) if isinstance(wrong, RegmapError) else None
            yield {**named, "verdict": Outcome.UNKNOWN, "reasons": [], "error": error}
            continue
        told = {**named, "location": _location(item.target)}
        first = first_with.setdefault(one, place)
        if first == place:
            yield {**told, **_verdict_schema.dump(one)}
        else:
            yield {**told, "verdict": one.outcome, "same_reasons_as": first}


def _ground(
    question: Question,
    product: Product,
    items: Sequence[Item],
    judged: Sequence[Verdict | RegmapError],
) -> Ground:
    """What all verdicts rest on, and what to doubt of the law at each location."""
    ground, alone = Ground(), len(items) == 1
    for item, one in zip(items, judged, strict=True):
        of = None if alone else _where(question, item)
        if isinstance(one, RegmapError) or isinstance(item.target, RegmapError):
            ground.doubt(["This location cannot be answered; its verdict is unknown."], of)
            continue
        answer = question.asked.lookup.at(item.target, product.substance, question.day)
        ground.rest_on(answer.resolution)
        ground.doubt(answer.warnings, of)
        for reason in one.reasons:
            ground.cite(reason.sources, reason.jurisdiction)
    return ground


def _where(question: Question, item: Item) -> str:
    """A location by its name; what is not known, as it was asked for."""
    if isinstance(item.target, RegmapError):
        return "a location that cannot be read"
    try:
        return question.asked.asking.at(item.target).name
    except RegmapError:  # there is none of that id or code
        return " ".join(text for pair in asked_by(item.target).items() for text in pair)


def _location(target: Location) -> dict[str, Any]:
    """The location as it was understood."""
    if isinstance(target, Point):
        return {"lat": target.lat, "lon": target.lon}
    return dict(asked_by(target))


def _page(question: Question, items: Sequence[Item]) -> str:
    only = items[0].target if len(items) == 1 else None
    if only is None or isinstance(only, RegmapError):
        return question.page("/check")
    return question.page("/check", **asked_by(only))
