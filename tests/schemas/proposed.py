"""Proposals as the tests of corrections read them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from regmap.domain.corrections import CitedSource
from regmap.domain.errors import InvalidValue
from regmap.domain.records import Period, Record
from regmap.domain.vocabulary import Level
from regmap.schemas.corrections import proposal_from_document

KEY = ("US-VA", "kratom")
ACT = {"url": "https://example.org/act"}


def errors_of(call: Callable[[], Any]) -> dict[str, list[str]]:
    with pytest.raises(InvalidValue) as raised:
        call()
    return raised.value.errors


def read(document: dict[str, Any], level: Level = Level.STATE, *urls: str) -> Period | Record:
    sources = [CitedSource(url) for url in urls or (ACT["url"],)]
    return proposal_from_document(document, KEY, level, sources)


def a_read_period(document: dict[str, Any], level: Level = Level.STATE, *urls: str) -> Period:
    period = read(document, level, *urls)
    assert isinstance(period, Period)
    return period
