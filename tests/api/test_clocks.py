"""``known_at``: each read of an edited data set, as of before the edits, says what it said then."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from regmap.store.revisions import Edit
from tests.served import (
    DATA,
    assert_problem,
    copied_database,
    json_of,
    make_app,
    record_edits,
    shared_folder,
)
from tests.services.releases import correcting

ITEMS = [{"zip": "02903"}, {"lat": 41.82, "lon": -71.41}, {"jurisdiction": "US-RI"}]
LINE = {"type": "LineString", "coordinates": [[-71.41, 41.82], [-71.05, 42.36]]}
READS = [
    "/status?lat=41.82&lon=-71.41",
    "/status?zip=02903&on=2027-01-01",
    "/status?jurisdiction=US-RI&substance=7-oh",
    "/status?place=Providence, RI",
    "/jurisdictions?parent=US&level=state",
    "/jurisdictions?q=ocean",
    "/jurisdictions/US-RI",
    "/jurisdictions/US-RI?on=2027-01-01",
    "/jurisdictions/US-RI/history",
    "/jurisdictions/US-RI/boundary",
    "/changes?jurisdiction=US-RI",
    "/changes?jurisdiction=US-RI&type=record_corrected",
    "/revisions?jurisdiction=US-RI",
    "/revisions?jurisdiction=US-RI&type=record_corrected",
    "/map?level=state",
    "/map?level=state&compare=2027-06-01&format=topojson",
    "/map/timeline",
    "/search?q=US-RI",
]
QUESTIONS: Mapping[str, dict[str, Any]] = {
    "/status/batch": {"items": ITEMS},
    "/verdicts": {"items": ITEMS, "product": {"substance": "kratom", "buyer_age": 19}},
    "/route": {**LINE},
}
NOT_TAKEN = {
    "/changes": "on",
    "/jurisdictions/US-RI/history": "on",
    "/jurisdictions/US-RI/boundary": "on",
    "/map/timeline": "on",
    "/search?q=x": "on",
    "/recheck": "known_at",
    "/versions": "known_at",
    "/versions/diff?from=1": "known_at",
    "/corrections": "known_at",
    "/codebook": "known_at",
}


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """The data set before it was edited."""
    folder = tmp_path_factory.mktemp("before")
    database = copied_database(tmp_path_factory, folder)
    return make_app(database, shared_folder(tmp_path_factory) / "cache").test_client()


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """The same, with another age, a ban to come and another name for Rhode Island."""
    folder = tmp_path_factory.mktemp("edited")
    database = copied_database(tmp_path_factory, folder)
    file = DATA / "records/US/US-RI.yaml"
    [found] = correcting(file, "kratom")
    assert found.document is not None
    periods = [dict(one) for one in found.document["periods"]]
    periods[-1] |= {"min_age": 18, "to": "2027-01-01"}
    periods.append({**periods[-1], "from": "2027-01-01", "to": None, "min_age": 25})
    name = {"jurisdiction": "US-RI", "name": "Ocean State", "level": "state", "parent": "US"}
    edits = [
        Edit(("US-RI", None), {**name, "geo": None}, "ana", "It was wrong."),
        *correcting(file, "kratom", periods=periods),
        *correcting(file, "7-oh", periods=[]),
    ]
    record_edits(database, edits)
    return make_app(database, shared_folder(tmp_path_factory) / "cache").test_client()


@pytest.fixture(scope="module")
def moment(before: FlaskClient) -> str:
    """When the data set was loaded."""
    newest = json_of(before.get("/api/v1/versions"))["items"][0]
    told: str = newest["recorded_at"]
    return told.replace("+00:00", "Z")


def told(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without the clock that it was asked with, which it must have echoed."""
    places = [answer, answer.get("query") or {}, answer.get("properties") or {}]
    echoed = [one.pop("known_at") for one in places if "known_at" in one]
    assert len(echoed) == 1, "the clock is echoed once"
    for item in answer["items"] if isinstance(answer.get("items"), list) else ():
        item.pop("receipt", None)  # signed at the moment of the question
        if "url" in item:
            item["url"] = item["url"].partition("&known_at=")[0]
    return {"echoed": echoed[0], **answer}


def asked(client: FlaskClient, path: str, known_at: str | None = None) -> dict[str, Any]:
    if path in QUESTIONS:
        body = {**QUESTIONS[path], **({"known_at": known_at} if known_at else {})}
        return told(json_of(client.post(f"/api/v1{path}", json=body)))
    clock = {"known_at": known_at} if known_at else {}
    address, _, query = path.partition("?")
    parameters = dict(part.split("=") for part in query.split("&") if part)
    found = json_of(client.get(f"/api/v1{address}", query_string={**parameters, **clock}))
    return told(found)


@pytest.mark.parametrize("path", [*READS, *QUESTIONS])
def test_as_of_before_the_edits_a_read_says_what_it_said_before_them(
    before: FlaskClient, edited: FlaskClient, moment: str, path: str
) -> None:
    then, now = asked(before, path), asked(edited, path)

    again = asked(edited, path, moment)

    assert (then.pop("echoed"), again.pop("echoed")) == (None, moment)
    assert again == then
    for one in (then, now):
        one.pop("echoed", None)
        one.pop("data_version", None)
    assert now != then  # or the clock would not show


@pytest.mark.parametrize("path", [*READS, *QUESTIONS])
def test_a_clock_that_cannot_be_read_is_named(before: FlaskClient, path: str) -> None:
    for wrong in ("2199-01-01", "yesterday", ""):
        if path in QUESTIONS:
            body = {**QUESTIONS[path], "known_at": wrong}
            response = before.post(f"/api/v1{path}", json=body)
        else:
            separator = "&" if "?" in path else "?"
            response = before.get(f"/api/v1{path}{separator}known_at={wrong}")
        assert_problem(response, 422, "known_at")


@pytest.mark.parametrize(("path", "clock"), NOT_TAKEN.items())
def test_a_clock_that_makes_no_sense_is_refused_not_ignored(
    before: FlaskClient, path: str, clock: str
) -> None:
    separator = "&" if "?" in path else "?"

    assert_problem(before.get(f"/api/v1{path}{separator}{clock}=2020-01-01"), 422, clock)


def test_a_day_stands_for_its_end(edited: FlaskClient) -> None:
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date()

    nothing = asked(edited, "/revisions", str(yesterday))
    everything = asked(edited, "/revisions", str(datetime.now(UTC).date()))

    assert (nothing["total"], nothing["items"]) == (0, [])
    assert everything["total"] == asked(edited, "/revisions")["total"] > 0


def test_what_is_asked_for_again_is_told_unchanged(edited: FlaskClient) -> None:
    for path in ("/jurisdictions", "/changes", "/revisions", "/versions", "/versions/diff?from=1"):
        first = edited.get(f"/api/v1{path}")
        again = edited.get(f"/api/v1{path}", headers={"If-None-Match": first.headers["ETag"]})

        assert first.status_code == 200
        assert (again.status_code, again.get_data()) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
        assert first.headers["Link"]
