"""``GET /revisions`` and the edits in ``/history``: the log of the data set, sealed and whole."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from regmap.store.revisions import Edit
from tests.api.conftest import Ask
from tests.served import (
    copied_database,
    hostile_edits,
    json_of,
    make_app,
    record_edits,
    shared_folder,
)


def _whole_log(ask: Ask) -> list[dict[str, Any]]:
    log: list[dict[str, Any]] = []
    for page in range(1, 100):
        answer = ask("/revisions", page=page, page_size=200)
        log += answer["items"]
        if len(log) >= answer["total"]:
            return log
    pytest.fail("the log has no end")


def test_the_log_numbers_every_edit_and_chains_their_hashes(ask: Ask) -> None:
    log = _whole_log(ask)

    assert [entry["revision"] for entry in log] == list(range(1, len(log) + 1))
    assert log[0]["previous_hash"] == "0" * 64
    for earlier, later in pairwise(log):
        assert later["previous_hash"] == earlier["hash"]
        assert later["recorded_at"] >= earlier["recorded_at"]


def test_every_record_and_every_jurisdiction_was_added_once_by_the_first_load(
    ask: Ask, record_files: dict[str, dict[str, Any]]
) -> None:
    log = _whole_log(ask)

    loaded = [(entry["jurisdiction"], entry["substance"]) for entry in log]
    expected = {(id, None) for id in record_files}
    expected |= {(id, code) for id, file in record_files.items() for code in file["records"]}
    assert len(loaded) == len(expected)
    assert set(loaded) == expected
    for entry in log:
        assert (entry["author"], entry["reason"]) == ("tests", "First load")
        assert (entry["release"], entry["correction"]) == ("data-test", None)
        [change] = entry["changes"]
        assert (change["path"], change["before"]) == ("", None)
        assert change["after"]["jurisdiction"] == entry["jurisdiction"]


def test_a_hash_covers_all_that_a_revision_says(ask: Ask) -> None:
    entry = ask("/revisions", page_size=1)["items"][0]
    document = json.dumps(
        entry["changes"][0]["after"], ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    moment = datetime.fromisoformat(entry["recorded_at"]).astimezone(UTC)
    sealed = {
        name: entry[name]
        for name in (
            "revision", "jurisdiction", "substance", "author", "reason", "release", "correction",
            "previous_hash",
        )
    } | {"document": document, "recorded_at": moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")}  # fmt: skip
    text = json.dumps(sealed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    assert hashlib.sha256(text.encode()).hexdigest() == entry["hash"]


def test_times_are_rfc_3339_in_utc(ask: Ask) -> None:
    moment = datetime.fromisoformat(ask("/revisions", page_size=1)["items"][0]["recorded_at"])

    assert moment.utcoffset() is not None
    assert not moment.utcoffset()


def test_since_a_number_leaves_that_number_out(ask: Ask) -> None:
    total = ask("/revisions")["total"]

    items = ask("/revisions", since=str(total - 3))["items"]

    assert [entry["revision"] for entry in items] == [total - 2, total - 1, total]
    assert ask("/revisions", since=str(total))["items"] == []
    assert ask("/revisions", since="999999999999")["total"] == 0


def test_since_a_moment_or_a_day_takes_it_in(ask: Ask) -> None:
    first = ask("/revisions", page_size=1)
    recorded_at = first["items"][0]["recorded_at"]
    stamp = recorded_at.replace("+00:00", "Z")

    assert ask("/revisions", since=stamp)["total"] == first["total"]
    assert ask("/revisions", since=recorded_at[:10])["total"] == first["total"]
    assert ask("/revisions", since="2999-01-01T00:00:00Z")["total"] == 0
    assert ask("/revisions", since="1999-01-01")["total"] == first["total"]


@pytest.fixture
def edited(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> FlaskClient:
    """A data set whose record of Cuba was added, corrected and removed after the load."""
    database = copied_database(tmp_path_factory, tmp_path)
    record: dict[str, Any] = {
        "jurisdiction": "CU",
        "substance": "kratom",
        "periods": [],
        "pending": [],
        "evidence_as_of": None,
        "note": "first",
    }
    cuba = {"jurisdiction": "CU", "name": "Cuba", "level": "country", "parent": None, "geo": None}
    for edit in (
        Edit(("CU", None), cuba, "ana", "Looked at"),
        Edit(("CU", "kratom"), record, "ana", "Looked at"),
        Edit(("CU", "kratom"), {**record, "note": "second"}, "bo", "A typing error", None, "c-1"),
        Edit(("CU", "kratom"), None, "ana", "Withdrawn"),
    ):
        record_edits(database, [edit])
    return make_app(database, shared_folder(tmp_path_factory) / "cache").test_client()


def test_the_history_of_a_record_tells_every_edit_and_its_reason(edited: FlaskClient) -> None:
    history = json_of(edited.get("/api/v1/jurisdictions/CU/history"))

    told = [(one["author"], one["reason"], one["correction"]) for one in history["revisions"]]
    assert told == [
        ("ana", "Looked at", None),
        ("bo", "A typing error", "c-1"),
        ("ana", "Withdrawn", None),
    ]
    added, corrected, removed = (one["changes"] for one in history["revisions"])
    assert corrected == [{"path": "/note", "before": "first", "after": "second"}]
    assert added[0]["after"]["note"] == "first"
    assert (removed[0]["before"]["note"], removed[0]["after"]) == ("second", None)
    assert history["note"] is None  # removed: there is no record any more


def test_the_log_shows_the_same_changes_as_the_history(edited: FlaskClient) -> None:
    history = json_of(edited.get("/api/v1/jurisdictions/CU/history"))["revisions"]
    last = history[0]["revision"] - 1

    log = json_of(edited.get(f"/api/v1/revisions?since={last}"))["items"]

    assert [entry["changes"] for entry in log] == [entry["changes"] for entry in history]
    assert {entry["substance"] for entry in log} == {"kratom"}


def test_each_past_state_can_be_asked_for(edited: FlaskClient) -> None:
    edits = json_of(edited.get("/api/v1/jurisdictions/CU/history"))["revisions"]
    notes = []
    for edit in edits:
        moment = edit["recorded_at"].replace("+00:00", "Z")
        history = json_of(edited.get(f"/api/v1/jurisdictions/CU/history?known_at={moment}"))
        notes.append((history["note"], len(history["revisions"])))

    assert notes == [("first", 1), ("second", 2), (None, 3)]


ASKED = [
    "/api/v1/status?lat=22.0&lon=-79.5",
    "/api/v1/status?jurisdiction=CU",
    "/api/v1/map?level=country",
    "/api/v1/jurisdictions/CU",
    "/api/v1/jurisdictions?q=alert(1)",
    "/api/v1/changes?jurisdiction=CU",
]


def test_an_edit_is_seen_at_once_by_every_part_of_the_api(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = copied_database(tmp_path_factory, tmp_path)
    client = make_app(database, shared_folder(tmp_path_factory) / "cache").test_client()
    monkeypatch.setattr("regmap.services.source.CHECK_SECONDS", -1.0)
    before = [json_of(client.get(url)) for url in ASKED]

    record_edits(database, hostile_edits("CU", "country", None))
    after = [json_of(client.get(url)) for url in ASKED]

    for old, new in zip(before, after, strict=True):
        assert old["data_version"] != new["data_version"]
    assert before[0]["effective"]["status"] == "unknown"
    assert after[0]["effective"]["status"] == after[1]["effective"]["status"] == "regulated"
    drawn = {feature["id"]: feature["properties"] for feature in after[2]["features"]}
    assert (drawn["CU"]["status"], drawn["CU"]["min_age"]) == ("regulated", 19)
    assert after[3]["periods"][0]["period"]["from"] == "2020-05"
    assert [len(answers[4]["items"]) for answers in (before, after)] == [0, 1]
    assert after[5]["total"] == 1
