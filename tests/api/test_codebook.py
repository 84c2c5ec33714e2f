"""The codebook says what the contract says; the record schema takes every record and no other."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types

from tests.api.conftest import Ask
from tests.served import json_of

FILLS = {
    "prohibited": "#4D111B",
    "sale_prohibited": "#A83D03",
    "controlled": "#A2678B",
    "regulated": "#419FE4",
    "unregulated": "#9DD6EC",
    "unknown": "#FFFFFF",
}
# What a status allows beside unknown: possession, sale.
PERMITS = {
    "prohibited": ({"prohibited"}, {"prohibited"}),
    "sale_prohibited": ({"allowed"}, {"prohibited", "restricted"}),
    "controlled": ({"allowed", "prohibited"}, {"prohibited", "restricted"}),
    "regulated": ({"allowed"}, {"allowed", "restricted"}),
    "unregulated": ({"allowed"}, {"allowed", "restricted"}),
    "unknown": ({"allowed", "prohibited"}, {"allowed", "restricted", "prohibited"}),
}
CODES = {
    "substances": ["kratom", "7-oh"],
    "statuses": list(FILLS),
    "levels": ["country", "state", "territory", "district", "county", "tribal", "place"],
    "confidences": ["high", "medium", "low"],
    "source_kinds": [
        "statute", "bill", "rule", "ordinance", "court", "government", "research", "news",
        "advocacy", "vendor",
    ],
    "rules": [
        "kcpa", "labeling", "lab_testing", "product_registration", "retail_license",
        "adulterant_ban", "synthetic_ban", "forms_limited", "vape_ban", "marketing_to_minors_ban",
        "health_claims_ban", "behind_counter", "delivery_age_check", "preempts_local",
        "seven_oh_cap_percent", "seven_oh_cap_ppm", "serving_limit_mg", "special_tax",
    ],
    "extents": ["whole", "unincorporated"],
    "matches": ["inside", "nearest", "possible"],
}  # fmt: skip


@pytest.mark.parametrize(("part", "codes"), CODES.items(), ids=CODES)
def test_the_codes_stand_in_the_codebook_in_their_order(
    ask: Ask, part: str, codes: list[str]
) -> None:
    entries = ask("/codebook")[part]

    assert [entry["code"] for entry in entries] == codes
    assert all(entry["meaning"] for entry in entries)


def test_directions_and_permissions_are_listed(ask: Ask) -> None:
    codebook = ask("/codebook")

    assert codebook["directions"] == ["tightened", "loosened", "other"]
    assert set(codebook["permissions"]) == {"allowed", "restricted", "prohibited", "unknown"}


@pytest.mark.parametrize("code", FILLS)
def test_a_status_has_its_fill_and_what_it_allows(ask: Ask, code: str) -> None:
    entry = next(one for one in ask("/codebook")["statuses"] if one["code"] == code)

    assert entry["fill"].upper() == FILLS[code]
    assert entry["hatched"] is (code == "unknown")
    possession, sale = PERMITS[code]
    assert set(entry["possession"]) - {"unknown"} == possession
    assert set(entry["sale"]) - {"unknown"} == sale


@pytest.fixture
def record_schema(client: FlaskClient) -> dict[str, Any]:
    response = client.get("/api/v1/schemas/record.json")
    assert response.mimetype == "application/schema+json"
    schema: dict[str, Any] = json_of(response)
    return schema


def test_the_record_schema_is_valid_json_schema(record_schema: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(record_schema)

    assert record_schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def _records(record_files: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"jurisdiction": id, "substance": substance, **body}
        for id, document in record_files.items()
        for substance, body in document["records"].items()
    ]


def test_the_record_schema_takes_every_record_file(
    record_schema: dict[str, Any], record_files: dict[str, dict[str, Any]]
) -> None:
    validator = Draft202012Validator(record_schema)
    records = _records(record_files)

    wrong = {
        f"{record['jurisdiction']} {record['substance']}": error.message[:200]
        for record in records
        for error in validator.iter_errors(record)
    }

    assert wrong == {}
    assert len(records) > 300


def _without(key: str) -> Any:
    def change(record: dict[str, Any]) -> None:
        del record[key]

    return change


def _period(**values: Any) -> Any:
    return lambda record: record["periods"][1].update(values)


def _source(**values: Any) -> Any:
    return lambda record: record["periods"][1]["sources"][0].update(values)


WRONG_RECORDS = {
    "no periods": _without("periods"),
    "no substance": _without("substance"),
    "unknown substance": lambda record: record.update(substance="tea"),
    "unknown field": lambda record: record.update(colour="red"),
    "unknown status": _period(status="legal"),
    "unknown rule": _period(rules={"no_such_rule": True}),
    "rule of the wrong type": _period(rules={"kcpa": "yes"}),
    "age in words": _period(min_age="eighteen"),
    "age out of range": _period(min_age=0),
    "unknown confidence": _period(confidence="certain"),
    "unknown extent": _period(extent="half"),
    "sources missing": _period(sources=None),
    "unknown kind of source": _source(kind="blog"),
    "address that is no text": _source(url=5),
}


@pytest.mark.parametrize("change", WRONG_RECORDS.values(), ids=WRONG_RECORDS)
def test_the_record_schema_refuses_what_is_no_record(
    record_schema: dict[str, Any], record_files: dict[str, dict[str, Any]], change: Any
) -> None:
    body = record_files["US-RI"]["records"]["kratom"]
    record = deepcopy({"jurisdiction": "US-RI", "substance": "kratom", **body})
    assert Draft202012Validator(record_schema).is_valid(record)

    change(record)

    assert not Draft202012Validator(record_schema).is_valid(record)


def test_the_record_schema_knows_what_a_date_and_an_address_look_like(
    record_schema: dict[str, Any], record_files: dict[str, dict[str, Any]]
) -> None:
    body = record_files["US-RI"]["records"]["kratom"]
    validator = Draft202012Validator(record_schema)
    for change in (_period(**{"from": "spring 2017"}), _source(url="javascript:alert(1)")):
        record = deepcopy({"jurisdiction": "US-RI", "substance": "kratom", **body})
        change(record)
        assert not validator.is_valid(record)
