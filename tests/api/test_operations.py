"""Each call has a name of its own, which stays what it is."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from flask.testing import FlaskClient

from regmap.api.operations import name_operations, operation_name
from tests.served import json_of

NAMES = """
    delete_correction get_changes get_codebook get_correction get_correction_impact get_corrections
    get_export get_jurisdiction get_jurisdiction_boundary get_jurisdiction_history get_jurisdictions
    get_map get_map_timeline get_recheck get_revisions get_schemas_record_json get_search get_status
    get_versions get_versions_diff patch_correction post_correction_decision post_correction_impact
    post_correction_undo post_corrections post_route post_status_batch post_verdicts
""".split()
"""What programs that were generated from the description call: none of it may go away in v1."""


def named_in(description: dict[str, Any]) -> list[str]:
    return [
        operation["operationId"]
        for item in description["paths"].values()
        for method, operation in item.items()
        if method != "parameters"
    ]


def test_every_call_is_named_once_and_keeps_its_name(client: FlaskClient) -> None:
    names = named_in(json_of(client.get("/api/v1/openapi.json")))

    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert set(NAMES) <= set(names)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in names)


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("get", "/jurisdictions", "get_jurisdictions"),
        ("get", "/jurisdictions/{jurisdiction_id}", "get_jurisdiction"),
        ("get", "/jurisdictions/{jurisdiction_id}/history", "get_jurisdiction_history"),
        ("get", "/export/{form}", "get_export"),
        ("get", "/schemas/record.json", "get_schemas_record_json"),
        ("post", "/status/batch", "post_status_batch"),
    ],
)
def test_a_name_follows_from_method_and_path(method: str, path: str, name: str) -> None:
    assert operation_name(method, path) == name


def test_a_name_that_a_call_has_already_is_kept() -> None:
    paths: dict[str, Any] = {
        "/v1/a": {"get": {"operationId": "mine"}, "post": {}, "parameters": []}
    }

    name_operations(paths, "/v1")

    assert named_in({"paths": paths}) == ["mine", "post_a"]
