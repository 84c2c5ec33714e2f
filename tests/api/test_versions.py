"""``/versions``, and changes by their type: news of the law and corrections of the record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from tests.api.lists import every_item
from tests.served import assert_problem, copied_database, json_of, make_app, shared_folder
from tests.told_anew import EDITED, edit_history, record_town

Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """The records of the repository, and three edits of them since."""
    database = copied_database(tmp_path_factory, tmp_path_factory.mktemp("told-anew"))
    edit_history(database)
    return make_app(database, shared_folder(tmp_path_factory) / "cache").test_client()


@pytest.fixture(scope="module")
def names(client: FlaskClient) -> list[str]:
    """The names of the versions, newest first."""
    found = json_of(client.get("/api/v1/versions"))["items"]
    return [one["data_version"] for one in found]


def changes(client: FlaskClient, **query: str) -> list[dict[str, Any]]:
    asked = "&".join(f"{name}={quote(value)}" for name, value in query.items())
    return every_item(client, f"/api/v1/changes?page_size=200&{asked}")


def test_the_versions_are_listed_newest_first(client: FlaskClient) -> None:
    page = json_of(client.get("/api/v1/versions"))

    assert page["total"] == len(page["items"]) == 4
    assert page["items"][0]["data_version"] == page["data_version"]
    assert [(one["correction"], one["size"]) for one in page["items"][:3]] == [
        (None, 2),
        ("c-2", 1),
        ("c-1", 1),
    ]
    assert page["items"][3]["release"] == "data-test"
    revisions = [one["revision"] for one in page["items"]]
    assert revisions == sorted(revisions, reverse=True)


def test_two_versions_are_compared_record_by_record(client: FlaskClient, names: list[str]) -> None:
    found = json_of(client.get(f"/api/v1/versions/diff?from={names[3]}&to={names[0]}"))

    assert (found["from"]["data_version"], found["to"]["data_version"]) == (names[3], names[0])
    assert found["counts"] == {"law_changed": 1, "record_corrected": 3, "first": 0}
    about = [(one["jurisdiction"]["id"], one["substance"], one["type"]) for one in found["items"]]
    assert about == [
        ("TH", "kratom", "record_corrected"),
        ("US-RI", "kratom", "record_corrected"),
        ("US-UT", "kratom", "law_changed"),
        ("US-VT", None, "record_corrected"),
    ]
    assert [one["first"] for one in found["items"]] == [False] * 4
    thailand, rhode_island, utah, vermont = found["items"]
    assert thailand["differences"] == vermont["differences"] == []
    assert [one["path"] for one in thailand["changes"]] == ["/note"]
    assert vermont["changes"] == [{"path": "/name", "before": "Vermont", "after": EDITED["name"]}]
    [age] = rhode_island["differences"]
    assert (age["before"], age["after"]) == ("regulated", "regulated")
    assert (age["min_age_before"], age["min_age_after"]) == (21, 18)
    [ban] = utah["differences"]
    assert (ban["type"], ban["from"], ban["to"]) == ("law_changed", EDITED["ban"], None)
    assert ban["after"] == "prohibited"


def test_what_is_recorded_for_the_first_time_tells_all_its_law_and_is_counted_apart(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    database = copied_database(tmp_path_factory, tmp_path_factory.mktemp("town"))
    record_town(database)
    client = make_app(database, shared_folder(tmp_path_factory) / "cache").test_client()
    newest, before, *_ = json_of(client.get("/api/v1/versions"))["items"]
    asked = f"from={before['data_version']}&to={newest['data_version']}"

    found = json_of(client.get(f"/api/v1/versions/diff?{asked}"))

    assert found["counts"] == {"law_changed": 0, "record_corrected": 0, "first": 2}
    town, record = found["items"]
    assert (town["first"], town["type"], town["differences"]) == (True, "record_corrected", [])
    assert (record["first"], record["type"]) == (True, "record_corrected")
    told = [(one["from"], one["to"], one["before"], one["after"]) for one in record["differences"]]
    assert told == [
        (None, "2020", None, "unregulated"),
        ("2020", None, None, "prohibited"),
    ]


def test_the_newest_version_is_taken_where_none_is_named(
    client: FlaskClient, names: list[str]
) -> None:
    [only_to_newest, both] = (
        json_of(client.get(f"/api/v1/versions/diff?from={names[1]}{to}"))
        for to in ("", f"&to={names[0]}")
    )

    assert only_to_newest == both
    assert [one["jurisdiction"]["id"] for one in both["items"]] == ["TH", "US-VT"]


def test_a_version_is_named_by_its_revision_or_with_the_mark_of_imported_limits(
    client: FlaskClient, names: list[str]
) -> None:
    plain = json_of(client.get(f"/api/v1/versions/diff?from={names[3]}&to={names[0]}"))

    for older, newer in (
        (names[3].partition("-")[0], names[0].partition("-")[0]),
        (f"{names[3]}+0123abcd", f"{names[0]}+0123abcd"),  # a plus arrives as a space
        (quote(f"{names[3]}+0123abcd"), quote(f"{names[0]}+0123abcd")),
    ):
        assert json_of(client.get(f"/api/v1/versions/diff?from={older}&to={newer}")) == plain


def test_versions_the_wrong_way_round_are_refused(client: FlaskClient, names: list[str]) -> None:
    response = client.get(f"/api/v1/versions/diff?from={names[0]}&to={names[3]}")

    assert_problem(response, 422, "to")


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ("", 422, "from"),
        ("from=x", 422, "from"),
        ("from=1&to=y", 422, "to"),
        (f"from={'1' * 300}", 422, "from"),
        ("from=1&to=999999", 404, "to"),
        ("from=1-000000000000", 404, "from"),
        ("from=1&from=2", 422, "from"),
    ],
)
def test_a_name_of_no_version_is_named(
    client: FlaskClient, query: str, status: int, field: str
) -> None:
    assert_problem(client.get(f"/api/v1/versions/diff?{query}"), status, field)


# --- Changes and edits by their type. -----------------------------------------------------------


def test_changes_are_those_of_the_law_unless_corrections_are_asked_for(
    client: FlaskClient,
) -> None:
    usual, law = changes(client), changes(client, type="law_changed")
    corrected = changes(client, type="record_corrected")

    assert usual == law
    assert {one["type"] for one in law} == {"law_changed"}
    assert {one["type"] for one in corrected} == {"record_corrected"}
    both = changes(client, type="law_changed,record_corrected")
    assert len(both) == len(law) + len(corrected)


def test_a_correction_tells_what_was_said_before_and_why_it_is_said_otherwise(
    client: FlaskClient,
) -> None:
    [found] = changes(client, type="record_corrected")

    assert found["jurisdiction"]["id"] == "US-RI"
    assert (found["effective"], found["until"]) == (EDITED["since"], None)
    assert (found["before"], found["after"]) == ("regulated", "regulated")
    assert (found["effective_before"], found["effective_after"]) == ("regulated", "regulated")
    assert found["direction"] == "loosened"  # 18 years, not 21
    assert found["summary"] == "The act says 18."
    assert found["sources"]
    entry = json_of(client.get(f"/api/v1/revisions?since={found['revision'] - 1}&page_size=1"))
    assert entry["items"][0]["recorded_at"] == found["recorded_at"]


def test_a_correction_is_listed_by_the_day_on_which_it_was_recorded(client: FlaskClient) -> None:
    def on(start: str, end: str) -> int:
        query = {"from": start, "to": end, "type": "record_corrected"}
        return len(changes(client, **query))

    [found] = changes(client, type="record_corrected")
    day = found["recorded_at"][:10]
    next_day = str(datetime.fromtimestamp(datetime.now(UTC).timestamp() + 86_400, UTC).date())

    assert on(day, next_day) == 1
    assert on("2026-04-01", day) == 0
    assert on(next_day, "2199-01-01") == 0


def test_a_change_of_law_names_the_revision_that_tells_it(client: FlaskClient) -> None:
    [ban] = changes(client, jurisdiction="US-UT", **{"from": EDITED["ban"]})

    edits = json_of(client.get("/api/v1/revisions?jurisdiction=US-UT&substance=kratom"))["items"]
    assert (ban["revision"], ban["recorded_at"]) == (
        edits[-1]["revision"],
        edits[-1]["recorded_at"],
    )


def test_edits_are_chosen_by_type_jurisdiction_and_substance(client: FlaskClient) -> None:
    def numbers(query: str) -> list[int]:
        return [one["revision"] for one in every_item(client, f"/api/v1/revisions?{query}")]

    everything = numbers("page_size=200")
    law = numbers("type=law_changed")
    corrected = numbers("type=record_corrected&page_size=200")

    assert len(law) == 1
    assert sorted(law + corrected) == everything
    assert numbers("type=law_changed,record_corrected&page_size=200") == everything
    assert numbers("jurisdiction=US-UT&type=law_changed") == law
    assert numbers("jurisdiction=US-VT&substance=kratom&type=law_changed") == []
    of_vermont = every_item(client, "/api/v1/revisions?jurisdiction=US-VT")
    assert {one["jurisdiction"] for one in of_vermont} == {"US-VT"}
    assert {one["substance"] for one in of_vermont} >= {None, "kratom"}


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ("type=news", 422, "type"),
        ("type=", 422, "type"),
        ("jurisdiction=XX", 404, "jurisdiction"),
        ("substance=tea", 422, "substance"),
    ],
)
def test_a_filter_that_cannot_be_used_is_named(
    client: FlaskClient, query: str, status: int, field: str
) -> None:
    for path in ("changes", "revisions"):
        assert_problem(client.get(f"/api/v1/{path}?{query}"), status, field)


def test_a_correction_of_what_was_removed_since_keeps_its_name(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    database = copied_database(tmp_path_factory, tmp_path_factory.mktemp("removed"))
    edit_history(database, removed=True)
    client = make_app(database, shared_folder(tmp_path_factory) / "cache").test_client()

    found = changes(client, type="record_corrected")

    assert {one["jurisdiction"]["name"] for one in found} == {"Rhode Island", "Columbus"}
