"""The names of downloaded files."""

from __future__ import annotations

import re

import pytest

from regmap.services.naming import file_name
from tests.served import HOSTILE


def test_a_file_name_says_what_is_in_the_file() -> None:
    filters = {"substance": "kratom", "on": "2026-11-23", "status": "prohibited,unknown", "q": ""}

    name = file_name("table", filters, "12-abc+def")

    assert name == (
        "regmap-table-substance-kratom-on-2026-11-23-status-prohibited-unknown-12-abc-def.csv"
    )


@pytest.mark.parametrize("text", [HOSTILE, "../../etc/passwd", "a\r\nX: y", '"; x="', "é" * 500])
def test_a_file_name_is_harmless_whatever_was_asked(text: str) -> None:
    name = file_name("table", {"q": text}, "12-abc")

    assert re.fullmatch(r"[A-Za-z0-9._-]{1,200}\.csv", name)
    assert ".." not in name.removesuffix(".csv").replace("..-", "") or "/" not in name
    assert name.endswith("-12-abc.csv")
