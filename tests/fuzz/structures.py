"""Inputs by their structure: good documents with a few parts that are not, for hypothesis."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

Path = tuple[str | int, ...]

_ODD_TEXTS = (
    "", " ", "\x00", "NaN", "null", "-1", "0", "1e3", "US-TN", "us-tn", "US", "XX", "kratom",
    "7-oh",
    "2026-02-30", "2026", "9999-12-31", "2024-05-01T00:00:00Z", "35203", "00000", "\ud800",
    "\ufffe",
    "../../etc/passwd", "https://example.org", "javascript:alert(1)", "x" * 300, "é" * 40, "٣",
    "<script>", "{{7*7}}", "%s%n", "= 1+1",
)  # fmt: skip
_ODD_NUMBERS = (
    0, -0.0, 1, -1, 0.1, 90, 90.0000001, -180, 181, 1e-320, 1e308, float("nan"), float("inf"),
    2**31, 2**53, 2**63, 2**64, -(2**63) - 1, 10**30,
)  # fmt: skip

odd_values: st.SearchStrategy[Any] = st.recursive(
    st.sampled_from(_ODD_TEXTS)
    | st.sampled_from(_ODD_NUMBERS)
    | st.sampled_from([None, True, False])
    | st.text(max_size=20)
    | st.integers()
    | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=4,
)
"""JSON values that nobody expects in most places."""


def paths_of(document: Any, path: Path = ()) -> Iterator[Path]:
    """The path of every value in a document, of itself first."""
    yield path
    if isinstance(document, dict):
        for key, inner in document.items():
            yield from paths_of(inner, (*path, key))
    elif isinstance(document, list):
        for place, inner in enumerate(document):
            yield from paths_of(inner, (*path, place))


def _at(document: Any, path: Path) -> Any:
    for part in path:
        document = document[part]
    return document


def _altered_once(document: Any, draw: st.DrawFn) -> Any:
    """One value put in another's place, taken out, repeated, wrapped, or put under another name."""
    path = draw(st.sampled_from(list(paths_of(document))))
    if not path:
        return draw(st.one_of(odd_values, st.just([document]), st.just(document)))
    holder, last = _at(document, path[:-1]), path[-1]
    place: Any = last
    match draw(st.sampled_from(["put", "put", "put", "drop", "repeat", "wrap", "rename", "other"])):
        case "put":
            holder[last] = draw(odd_values)
        case "drop":
            del holder[last]
        case "wrap":
            holder[last] = draw(st.sampled_from([[holder[last]], {"value": holder[last]}]))
        case "repeat" if isinstance(holder, list):
            holder[place:place] = [holder[place]] * draw(st.sampled_from([1, 2, 30]))
        case "rename" if isinstance(holder, dict):
            holder[draw(st.sampled_from(_ODD_TEXTS))] = holder.pop(last)
        case "other":
            found = draw(st.sampled_from(list(paths_of(document))))
            holder[last] = copy.deepcopy(_at(document, found))
        case _:
            holder[last] = None
    return document


@st.composite
def altered(draw: st.DrawFn, documents: Sequence[Any]) -> Any:
    """One of some JSON values with up to three parts altered."""
    document = copy.deepcopy(draw(st.sampled_from(list(documents))))
    for _ in range(draw(st.integers(0, 3))):
        document = _altered_once(document, draw)
    return document


def json_bytes(document: Any, *, ascii_only: bool = True) -> bytes:
    """A value as JSON, with the NaN and the huge numbers that JSON has no word for."""
    text = json.dumps(document, ensure_ascii=ascii_only)
    return text.encode("utf-8", "surrogatepass")


def altered_json(documents: Sequence[Any]) -> st.SearchStrategy[bytes]:
    """The same as text, in ASCII or not."""
    return st.builds(
        lambda document, ascii_only: json_bytes(document, ascii_only=ascii_only),
        altered(documents),
        st.booleans(),
    )


def texts_of(pieces: Sequence[str], most: int = 8) -> st.SearchStrategy[bytes]:
    """Texts put together of what means something, and of anything."""
    piece = st.sampled_from(list(pieces)) | st.text(max_size=3)
    return st.lists(piece, max_size=most).map(lambda held: "".join(held).encode())


@st.composite
def edited(draw: st.DrawFn, originals: Sequence[bytes]) -> bytes:
    """One of some byte strings with up to four places changed."""
    data = bytearray(draw(st.sampled_from(list(originals))))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(data)))
        length = draw(st.sampled_from([0, 0, 1, 2, 4, 8]))
        data[at : at + length] = draw(st.binary(max_size=8))
    return bytes(data)


def query_strings(values: Mapping[str, Sequence[str]], most: int = 5) -> st.SearchStrategy[bytes]:
    """Query strings of some parameters, with values that fit them and others that do not."""
    known = st.sampled_from(sorted(values)).flatmap(
        lambda name: st.tuples(st.just(name), st.sampled_from(list(values[name])))
    )
    any_value = st.sampled_from(_ODD_TEXTS) | st.text(max_size=10)
    odd = st.tuples(st.sampled_from([*values, "colour", "LAT", "lat "]), any_value)
    # known ones count double
    return st.lists(known | known | odd, max_size=most).map(
        lambda pairs: "&".join(
            f"{quote(name)}={quote(value, errors='surrogatepass')}" for name, value in pairs
        ).encode()
    )
