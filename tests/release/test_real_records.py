"""The records that the project ships, compared with what was researched.

``researched.jsonl.gz`` holds the facts as they were researched at the start, one line per
jurisdiction and substance. Who corrects a record in ``data/records/`` names it in
``CORRECTED_SINCE``: so a fact that gets lost by accident differs from one changed on purpose.
"""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from regmap.domain.verdict_rules import ORDINARY_PERCENT
from regmap.release import yaml_files
from regmap.release.files import Release, file_document, read_release, record_path
from regmap.release.substances import read_substances
from regmap.schemas.jurisdiction import jurisdiction_to_document
from regmap.schemas.record import record_to_document
from regmap.services.snapshot import Geography
from tests.conftest import DATA

RECORDS = DATA / "records"
RESEARCHED = Path(__file__).parent / "researched.jsonl.gz"

Key = tuple[str, str]

CORRECTED_SINCE: frozenset[Key] = frozenset()
"""Records (jurisdiction id, substance) that say something else by now than the research."""


@pytest.fixture(scope="module")
def release(geography: Geography) -> Release:
    substances = read_substances(DATA / "substances.yaml")
    today = datetime.now(UTC).date()
    return read_release(RECORDS, substances, geography.atlas.jurisdictions, today)


@pytest.fixture(scope="module")
def facts() -> dict[Key, dict[str, Any]]:
    lines = gzip.decompress(RESEARCHED.read_bytes()).decode().splitlines()
    read = [json.loads(line) for line in lines]
    by_key = {(fact["jurisdiction"], fact["substance"]): fact for fact in read}
    assert by_key.keys() >= CORRECTED_SINCE, "what was never researched needs no mention"
    return {key: fact for key, fact in by_key.items() if key not in CORRECTED_SINCE}


@pytest.fixture(scope="module")
def documents(release: Release) -> dict[Key, dict[str, Any]]:
    return {key: record_to_document(record) for key, record in release.records.items()}


def exact(value: Any) -> str:
    """A text that differs wherever two JSON values do, in type too (1 and 1.0, 1 and true)."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def without_nulls(geo: dict[str, Any] | None) -> dict[str, Any]:
    return {key: value for key, value in (geo or {}).items() if value is not None}


def test_the_records_have_no_problem(release: Release) -> None:
    assert [str(problem) for problem in release.problems] == []


def test_no_cap_on_7_oh_is_laxer_than_what_a_verdict_takes_for_an_ordinary_product(
    release: Release,
) -> None:
    caps = [
        period.rules["seven_oh_cap_percent"]
        for record in release.records.values()
        for period in record.periods
        if "seven_oh_cap_percent" in period.rules
    ]

    assert max(caps) == ORDINARY_PERCENT


def test_reading_and_writing_a_file_gives_the_very_same_bytes(release: Release) -> None:
    changed = []
    for jurisdiction in release.jurisdictions.values():
        own = [one for one in release.records.values() if one.jurisdiction == jurisdiction.id]
        written = yaml_files.write(file_document(jurisdiction, own)).encode()
        if (RECORDS / record_path(jurisdiction.id)).read_bytes() != written:
            changed.append(jurisdiction.id)

    assert changed == []
    assert len(release.jurisdictions) == len([*RECORDS.rglob("*.yaml")])


def test_all_335_researched_facts_are_there(
    facts: dict[Key, dict[str, Any]], documents: dict[Key, dict[str, Any]]
) -> None:
    assert len(facts) + len(CORRECTED_SINCE) == 335
    assert facts.keys() - documents.keys() == set()


@pytest.mark.parametrize("field", ["pending", "evidence_as_of", "note"])
def test_what_a_record_says_besides_is_what_was_researched(
    field: str, facts: dict[Key, dict[str, Any]], documents: dict[Key, dict[str, Any]]
) -> None:
    differing = [key for key in facts if exact(documents[key][field]) != exact(facts[key][field])]
    assert differing == []


def test_every_period_and_source_is_what_was_researched(
    facts: dict[Key, dict[str, Any]], documents: dict[Key, dict[str, Any]]
) -> None:
    differing = []
    for key, fact in facts.items():
        found = documents[key]["periods"]
        if len(found) != len(fact["periods"]):
            differing.append((*key, "number of periods"))
        for number, (period, wanted) in enumerate(zip(found, fact["periods"], strict=False)):
            differing += [
                (*key, f"{number}.{field}")
                for field in {*period, *wanted}
                if exact(period.get(field, "absent")) != exact(wanted.get(field, "absent"))
            ]

    assert differing == []
    assert sum(len(fact["periods"]) for fact in facts.values()) == 430


def test_every_jurisdiction_is_what_was_researched(
    facts: dict[Key, dict[str, Any]], release: Release
) -> None:
    differing = []
    for (id, _), fact in facts.items():
        document = jurisdiction_to_document(release.jurisdictions[id])
        differing += [
            (id, field)
            for field in ("jurisdiction", "name", "level", "parent")
            if document[field] != fact[field]
        ]
        if exact(without_nulls(document["geo"])) != exact(without_nulls(fact["geo"])):
            differing.append((id, "geo"))

    assert differing == []
