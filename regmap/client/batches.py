"""Questions about many locations: any number of them, in the sizes that the server takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from .answers import FullItemStatus, ItemStatus, Verdict
from .asking import (
    PREFIX,
    Call,
    Chunks,
    Day,
    Moment,
    Reply,
    day_of,
    moment_of,
    parameters,
    without_nan,
)
from .errors import BadAnswer
from .reading import read

CHUNK = 10_000
"""The most locations that the server takes at once."""

FULL_CHUNK = 500
"""The most that it answers in full."""

Location = Mapping[str, Any]
"""``lat`` and ``lon`` (degrees), or ``zip``, or ``jurisdiction``; and an ``id`` of your own."""

T = TypeVar("T")


def status_batch(
    items: Iterable[Location],
    *,
    substance: str | None = None,
    on: Day | None = None,
    known_at: Moment | None = None,
    chunk: int = CHUNK,
) -> Chunks[ItemStatus]:
    """Which status holds at each of many locations: one answer each, in order.

    Locations are read, sent and answered in chunks, as the answers are used up: any number of them
    takes the room of one chunk. An item that cannot be answered has its own ``error``.

    :raises ValueError: if ``chunk`` is less than 1.
    """
    question = _question(on, known_at, substance=substance)
    return _chunks("/status/batch", items, question, ItemStatus, chunk)


def status_batch_full(
    items: Iterable[Location],
    *,
    substance: str | None = None,
    on: Day | None = None,
    known_at: Moment | None = None,
    chunk: int = FULL_CHUNK,
) -> Chunks[FullItemStatus]:
    """The same with the periods of every layer, as ``status`` gives them; slower by far."""
    question = _question(on, known_at, substance=substance, detail="full")
    return _chunks("/status/batch", items, question, FullItemStatus, chunk)


def verdicts(
    items: Iterable[Location],
    product: Mapping[str, Any],
    *,
    on: Day | None = None,
    known_at: Moment | None = None,
    chunk: int = CHUNK,
) -> Chunks[Verdict]:
    """May this product go there? One verdict for each location, in order, as ``status_batch``.

    :param product: ``substance``, and what is known of ``form``, ``seven_oh_percent``,
        ``seven_oh_ppm``, ``serving_mg`` and ``buyer_age``.
    """
    question = {**_question(on, known_at), "product": dict(product)}
    return _chunks("/verdicts", items, question, Verdict, chunk)


def _question(on: Day | None, known_at: Moment | None, **others: str | None) -> dict[str, Any]:
    return parameters(on=day_of(on), known_at=moment_of(known_at), **others)


def _chunks(
    path: str, items: Iterable[Location], question: Mapping[str, Any], kind: type[T], size: int
) -> Chunks[T]:
    if size < 1:
        raise ValueError(f"A chunk of {size} items is none.")
    return Chunks(_asked(path, part, question, kind) for part in _parts(items, size))


def _parts(items: Iterable[Location], size: int) -> Iterator[list[dict[str, Any]]]:
    rest = iter(items)
    while part := [without_nan(item) for item in islice(rest, size)]:
        yield part


def _asked(
    path: str, items: Sequence[Mapping[str, Any]], question: Mapping[str, Any], kind: type[T]
) -> Call[tuple[T, ...]]:
    def answered(reply: Reply) -> tuple[T, ...]:
        document = reply.json()
        found = document.get("items") if isinstance(document, dict) else None
        if not isinstance(found, list) or len(found) != len(items):
            raise BadAnswer(f"{path} did not answer each of {len(items)} items.")
        return tuple(
            _item(kind, one, item, document.get("data_version"), f"items[{number}]")
            for number, (item, one) in enumerate(zip(items, found, strict=True))
        )

    return Call(f"{PREFIX}{path}", answered, "POST", json={"items": items, **question})


def _item(kind: type[T], answer: Any, item: Mapping[str, Any], version: Any, path: str) -> T:
    """The answer for an item, with what stands beside all of them.

    :raises BadAnswer: if it is that of another item.
    """
    if not isinstance(answer, dict):
        raise BadAnswer(f"{path} is no object.")
    if "error" not in answer and answer.get("id") != item.get("id"):
        raise BadAnswer(f"{path} is the answer for another item.")
    beside = {"document": answer} if kind is Verdict else {}
    return read(kind, {"data_version": version, **answer, **beside}, path)
