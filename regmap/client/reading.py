"""Reading JSON into the typed answers: unknown keys are ignored, null is None."""

from __future__ import annotations

import types
from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from .errors import BadAnswer

T = TypeVar("T")
Reader = Callable[[Any, str], Any]
KEY = "key"
"""In a field's metadata: its name in JSON, where that is no name in Python (``from``)."""


def read(kind: type[T], document: Any, path: str = "answer") -> T:
    """A document as one of the dataclasses.

    Keys that the class does not know are ignored; one that it knows and that is missing takes the
    default of its field.

    :param path: what the document is called in errors.
    :raises BadAnswer: naming the place where the document has another shape.
    """
    key: Any = kind  # mypy holds that a class need not be hashable
    value: T = _reader(key)(document, path)
    return value


@lru_cache(None)
def _reader(kind: Hashable) -> Reader:
    if kind is Any:
        return lambda value, path: value
    if is_dataclass(kind):
        return _object_reader(kind)
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _optional_reader(kind)
    if origin is tuple:
        return _list_reader(_reader(get_args(kind)[0]))
    if origin is Literal:
        return _plain_reader(str)  # codes that are newer than this client are passed on
    if kind is datetime:
        return _parsed_reader(_moment, "a moment (RFC 3339)")
    if kind is date:
        return _parsed_reader(date.fromisoformat, "a day")
    if kind is float:
        return _number_reader
    return _plain_reader(origin if isinstance(origin, type) else kind)


def _object_reader(kind: Any) -> Reader:
    hints = get_type_hints(kind)
    parts = [
        (one.name, one.metadata.get(KEY, one.name), hints[one.name], _has_default(one))
        for one in fields(kind)
        if one.init
    ]
    readers: list[tuple[str, str, Reader, bool]] = []

    def read_object(document: Any, path: str) -> Any:
        if not readers:  # at the first use: classes may hold each other
            readers.extend((name, key, _reader(hint), given) for name, key, hint, given in parts)
        if not isinstance(document, Mapping):
            raise BadAnswer(f"{path} is no object.")
        values = {}
        for name, key, reader, has_default in readers:
            if key in document:
                values[name] = reader(document[key], f"{path}.{key}")
            elif not has_default:
                raise BadAnswer(f"{path}.{key} is missing.")
        return kind(**values)

    return read_object


def _has_default(one: Any) -> bool:
    return one.default is not MISSING or one.default_factory is not MISSING


def _optional_reader(kind: Any) -> Reader:
    inner = [one for one in get_args(kind) if one is not type(None)]
    if len(inner) > 1:  # an id: a text or a number, as it was given
        return _plain_reader((*inner, type(None)))
    reader = _reader(inner[0])
    return lambda value, path: None if value is None else reader(value, path)


def _list_reader(reader: Reader) -> Reader:
    def read_list(value: Any, path: str) -> Any:
        if not isinstance(value, list):
            raise BadAnswer(f"{path} is no list.")
        return tuple(reader(one, f"{path}[{number}]") for number, one in enumerate(value))

    return read_list


def _parsed_reader(parse: Callable[[str], Any], what: str) -> Reader:
    def read_text(value: Any, path: str) -> Any:
        try:
            return parse(value)
        except (TypeError, ValueError):
            raise BadAnswer(f"{path} is not {what}.") from None

    return read_text


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def _number_reader(value: Any, path: str) -> Any:
    if type(value) not in (int, float):
        raise BadAnswer(f"{path} is no number.")
    return float(value)


def _plain_reader(kind: Any) -> Reader:
    kinds = kind if isinstance(kind, tuple) else (kind,)

    def read_plain(value: Any, path: str) -> Any:
        # a truth value is no number here, though Python takes it for one
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise BadAnswer(f"{path} has another type than expected.")
        return value

    return read_plain
