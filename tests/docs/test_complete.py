"""The guide leaves nothing out: every call of the API and every address for programs is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from regmap.http.limits import LIMITS
from regmap.services.exports.columns import COLUMNS, Table
from regmap.settings import ROOT
from tests.docs.blocks import DOCS
from tests.served import json_of, shared_app

PREFIX = "/api/v1"


def guide() -> str:
    """All pages on the API."""
    return "\n".join(page.read_text(encoding="utf-8") for page in (DOCS / "api").glob("*.md"))


def test_every_call_of_the_api_is_in_the_guide(tmp_path_factory: pytest.TempPathFactory) -> None:
    client = shared_app(tmp_path_factory).test_client()
    paths = json_of(client.get(f"{PREFIX}/openapi.json"))["paths"]
    told = guide()
    calls = {re.sub(r"\{\w+_id\}", "{id}", path.removeprefix(PREFIX)) for path in paths}
    assert len(calls) > 20
    assert {call for call in calls if call not in told} == set()


@pytest.mark.parametrize("table", COLUMNS)
def test_every_table_has_its_columns_on_the_page(built: Path, table: Table) -> None:
    page = (built / "data" / "columns" / "index.html").read_text(encoding="utf-8")
    assert f'id="{table}"' in page
    for column in COLUMNS[table]:
        assert f"<code>{column.name}</code>" in page


def test_every_limit_is_on_the_page(built: Path) -> None:
    page = (built / "operate" / "settings" / "index.html").read_text(encoding="utf-8")
    assert [limit for limit in LIMITS.values() if limit not in page] == []


def test_the_codebook_is_the_one_of_the_data(built: Path) -> None:
    page = (built / "data" / "codebook" / "index.html").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", (ROOT / "data" / "CODEBOOK.md").read_text(), re.MULTILINE)
    assert headings
    assert [heading for heading in headings if f">{heading}<" not in page] == []
