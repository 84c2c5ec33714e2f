"""``/review``: the corrections that wait for a curator."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from flask import Blueprint, Response, request

from regmap.domain.corrections import OPEN, Correction, State
from regmap.http.context import desk, services
from regmap.http.curators import now, signed_in
from regmap.services.curation import is_own
from regmap.services.queue import Order, Waiting, waiting
from regmap.services.recheck import asks_in
from regmap.web.page import link, page
from regmap.web.paging import MAX_PAGE_SIZE, Part, part_of
from regmap.web.parameters import Parameters, refused_page, tidy_address

PAGE_SIZE = 50
EXCERPT = 140  # characters of a message
_AT_ONCE = 500  # corrections read from the store


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the address asks for."""

    order: Order
    states: frozenset[State]
    jurisdiction: str

    def narrows(self) -> bool:
        """Whether it leaves anything out."""
        return bool(self.states or self.jurisdiction)


def join(pages: Blueprint) -> None:
    """Register the page."""

    @pages.get("/review")
    def review() -> Response:
        """The queue."""
        tidied = tidy_address("/review", sort=Order.AGE.value)
        if tidied is not None:
            return tidied
        given = Parameters(request.args)
        question = _Asked(
            order=given.code("sort", Order) or Order.AGE,
            states=_open_ones(given),
            jurisdiction=given.text("jurisdiction"),
        )
        queue = _queue(question.order)
        found = [one for one in queue if _passes(one, question)]
        part = _with_texts(part_of(found, given, PAGE_SIZE))
        values = {
            "part": part,
            "question": question,
            "counts": _counts(queue),
            "places": _places(queue),
            "orders": list(Order),
            "states": [State.PENDING, State.NEEDS_INFO],
            "substances": services().snapshot.substances,
            "curator": signed_in(),
            "excerpt": excerpt,
            "is_own": is_own,
            "address": partial(_address, question),
            "PAGE_SIZE": PAGE_SIZE,
            "MAX_PAGE_SIZE": MAX_PAGE_SIZE,
        }
        if given.errors:
            return refused_page("review.html", given.errors, **values)
        return page("review.html", errors={}, **values)


def excerpt(text: str | None) -> str:
    """The beginning of a message, in one line."""
    line = " ".join((text or "").split())
    return line if len(line) <= EXCERPT else f"{line[: EXCERPT - 1].rstrip()}…"


def _open_ones(given: Parameters) -> frozenset[State]:
    """The states asked for; only those of the queue can be."""
    asked = given.codes("state", State)
    return asked & OPEN


def _queue(order: Order) -> list[Waiting]:
    found, _ = desk().corrections.listed(states=OPEN, bare=True)
    return waiting(found, services(), asks_in(desk().traffic), now(), order)


def _with_texts(part: Part[Waiting]) -> Part[Waiting]:
    """The same part with what was said in each; one that was decided just now stays bare."""
    ids = [one.correction.id for one in part.items]
    texts: dict[str, Correction] = {}
    for first in range(0, len(ids), _AT_ONCE):
        texts |= desk().corrections.whole(ids[first : first + _AT_ONCE])
    items = [
        replace(one, correction=texts.get(one.correction.id, one.correction)) for one in part.items
    ]
    return replace(part, items=items)


def _passes(one: Waiting, question: _Asked) -> bool:
    correction = one.correction
    if question.states and correction.state not in question.states:
        return False
    return question.jurisdiction in ("", correction.jurisdiction)


def _counts(queue: Sequence[Waiting]) -> dict[State, int]:
    with_submitter = sum(one.is_with_submitter for one in queue)
    return {State.PENDING: len(queue) - with_submitter, State.NEEDS_INFO: with_submitter}


def _places(queue: Sequence[Waiting]) -> list[tuple[str, str]]:
    """The jurisdictions in the queue, by id, with their names."""
    named = {
        one.correction.jurisdiction: one.jurisdiction.name if one.jurisdiction else ""
        for one in queue
    }
    return sorted(named.items(), key=lambda item: (item[1], item[0]))


def _address(question: _Asked, **changed: Any) -> str:
    """The address of the queue with the same question but for what is changed."""
    asked = {
        "sort": question.order if question.order is not Order.AGE else None,
        "state": ",".join(sorted(question.states)) or None,
        "jurisdiction": question.jurisdiction or None,
    }
    return link("/review", **{**asked, **changed})
