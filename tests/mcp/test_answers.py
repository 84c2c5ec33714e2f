"""Every tool says what the API says, and stands in the same envelope."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from regmap.mcp.arguments import MAX_VERDICTS
from regmap.mcp.catalogue import TOOLS
from tests.mcp.conftest import Session
from tests.served import json_of

PLACES: list[dict[str, Any]] = [
    {"lat": 35.05, "lon": -90.05},  # Memphis
    {"lat": 36.59, "lon": -82.2},  # a few hundred metres from another state's law
    {"lat": 0, "lon": -30},  # the high seas
    {"lat": 30.12345, "lon": -88.31},  # off the coast
    {"zip": "39701"},  # Mississippi: two counties, and a town with a ban
    {"zip": "38632-1234"},
    {"place": "Bangkok"},
    {"jurisdiction": "TD"},  # nothing is known
    {"jurisdiction": "US-VA", "substance": "7-oh"},
    {"jurisdiction": "TH", "on": "2015-01-01"},
    {"jurisdiction": "US-NY", "on": "2027-06-01"},
    {"jurisdiction": "US-MS-columbus"},
]

JURISDICTIONS = ("US-MS", "US", "TH", "TD", "US-CA-san-diego", "US-PR")

SAMPLE: dict[str, dict[str, Any]] = {
    "status_at": {"zip": "39701"},
    "history": {"jurisdiction": "US-TN"},
    "changes": {"from": "2025-01-01"},
    "verdict": {"items": [{"jurisdiction": "US-MS"}], "product": {"substance": "kratom"}},
    "jurisdiction": {"jurisdiction": "US-MS"},
    "find_jurisdictions": {"q": "tennessee"},
    "codebook": {},
}
"""One good call of each tool."""

BESIDE = ("warnings", "on", "known_at", "data_version", "disclaimer")


def inside(body: dict[str, Any]) -> dict[str, Any]:
    """An answer of the API without what the envelope has."""
    return {name: value for name, value in body.items() if name not in BESIDE}


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_a_status_is_that_of_the_api(
    session: Session, api: FlaskClient, place: dict[str, Any]
) -> None:
    told = session.ask("status_at", **place)
    body = json_of(api.get("/api/v1/status", query_string=place))

    assert told["answer"] == inside(body)
    assert told["doubts"][: len(body["warnings"])] == body["warnings"]
    assert told["data_version"] == body["data_version"]
    assert told["disclaimer"] == body["disclaimer"]
    assert told["on"] == body["query"]["on"]


def test_the_deciding_period_is_what_is_cited(session: Session) -> None:
    told = session.ask("status_at", jurisdiction="US-TN")
    effective = told["answer"]["effective"]
    [deciding] = [
        layer["period"]
        for layer in told["answer"]["layers"]
        if layer["jurisdiction"]["id"] == effective["governed_by"]
    ]

    assert deciding["sources"]
    assert told["sources"] == [{**source, "of": ["US-TN"]} for source in deciding["sources"]]
    assert told["confidence"] == deciding["confidence"] == effective["confidence"]
    assert told["evidence_as_of"] == effective["verified"]
    assert told["page"] == "/check?jurisdiction=US-TN"


def test_the_record_of_a_past_moment_is_asked_for(session: Session, api: FlaskClient) -> None:
    asked = {"jurisdiction": "US-TN", "known_at": "2020-01-01"}
    told = session.ask("status_at", **asked)
    body = json_of(api.get("/api/v1/status", query_string=asked))

    assert told["known_at"] == body["query"]["known_at"]
    assert told["data_version"] == body["data_version"]
    assert told["answer"] == inside(body)
    assert told["known_at"] in told["said"]


def test_a_name_that_fits_several_places_is_not_guessed(session: Session, api: FlaskClient) -> None:
    asked = {"place": "Columbus", "on": "2020-02-03", "substance": "7-oh"}
    told = session.ask("status_at", **asked)
    answer = api.get("/api/v1/status", query_string=asked)
    body = answer.get_json()

    assert answer.status_code == 300
    assert "effective" not in told["answer"]
    assert told["answer"]["total"] == body["total"] > 1
    assert told["answer"]["query"] == body["query"]
    for mine, theirs in zip(told["answer"]["candidates"], body["candidates"], strict=True):
        assert {**mine, "url": ""} == {**theirs, "url": ""}
        assert api.get(mine["url"]).get_json() == api.get(theirs["url"]).get_json()
        assert mine["label"] in told["said"]


@pytest.mark.parametrize("id", JURISDICTIONS)
@pytest.mark.parametrize("clocks", [{}, {"on": "2018-05-01"}], ids=str)
def test_a_jurisdiction_is_that_of_the_api(
    session: Session, api: FlaskClient, id: str, clocks: dict[str, str]
) -> None:
    told = session.ask("jurisdiction", jurisdiction=id, **clocks)
    body = json_of(api.get(f"/api/v1/jurisdictions/{id}", query_string=clocks))

    assert told["answer"] == inside(body)
    for warning in body["warnings"]:
        assert any(doubt.endswith(warning) for doubt in told["doubts"])


@pytest.mark.parametrize("id", JURISDICTIONS)
@pytest.mark.parametrize("substance", ["kratom", "7-oh"])
def test_a_history_is_that_of_the_api(
    session: Session, api: FlaskClient, id: str, substance: str
) -> None:
    told = session.ask("history", jurisdiction=id, substance=substance)
    body = json_of(
        api.get(f"/api/v1/jurisdictions/{id}/history", query_string={"substance": substance})
    )
    paging = {"page": 1, "page_size": 20, "total": len(body["revisions"])}

    assert told["answer"] == {**inside(body), **paging}
    assert told["evidence_as_of"] == body["evidence_as_of"]
    cited = {source["url"] for source in told["sources"]}
    assert cited >= {source["url"] for period in body["periods"] for source in period["sources"]}


@pytest.mark.parametrize(
    "asked",
    [
        {"from": "2025-01-01", "to": "2026-12-31", "page_size": 50},
        {"from": "2026-11-23"},
        {"jurisdiction": "US-TN", "page": 1},
        {"substance": "7-oh", "level": "state,country", "page": 2, "page_size": 3},
        {"type": "record_corrected"},
        {"type": "law_changed,record_corrected", "from": "2026-01-01"},
    ],
    ids=str,
)
def test_changes_are_those_of_the_api(
    session: Session, api: FlaskClient, asked: dict[str, Any]
) -> None:
    told = session.ask("changes", **asked)
    body = json_of(api.get("/api/v1/changes", query_string={"page_size": 20, **asked}))

    assert told["answer"] == inside(body)
    cited = {source["url"] for source in told["sources"]}
    assert cited == {source["url"] for item in body["items"] for source in item["sources"]}


@pytest.mark.parametrize(
    "asked",
    [
        {"q": "tennessee"},
        {"status": "prohibited", "on": "2024-01-01", "page": 2},
        {"parent": "US-MS", "substance": "7-oh", "level": "county"},
        {"bbox": "-91,34,-88,36", "scope": "all", "page_size": 50},
        {"q": "nowhere at all"},
    ],
    ids=str,
)
def test_found_jurisdictions_are_those_of_the_api(
    session: Session, api: FlaskClient, asked: dict[str, Any]
) -> None:
    told = session.ask("find_jurisdictions", **asked)
    body = json_of(api.get("/api/v1/jurisdictions", query_string={"page_size": 20, **asked}))

    assert told["answer"] == inside(body)


def test_verdicts_are_those_of_the_api(session: Session, api: FlaskClient) -> None:
    question = {
        "items": [
            {"id": "a", "jurisdiction": "US-TN"},
            {"id": 2, "zip": "39701"},
            {"lat": 35.05, "lon": -90.05},
            {"lat": 35.06, "lon": -90.04},
            {"zip": "00000"},
            {"lat": 95, "lon": 0},
            {"jurisdiction": "TD"},
            {"lat": 0, "lon": -30},
        ],
        "product": {"substance": "kratom", "form": "powder", "buyer_age": 30},
        "on": "2026-10-01",
    }
    told = session.ask("verdict", **question)
    body = json_of(api.post("/api/v1/verdicts", json=question))

    items = told["answer"]["items"]
    for mine, theirs in zip(items, body["items"], strict=True):
        reasons = items[mine["same_reasons_as"]] if "same_reasons_as" in mine else mine
        assert mine["verdict"] == theirs["verdict"]
        assert reasons["reasons"] == theirs["reasons"]
        assert (mine.get("id"), mine.get("error")) == (theirs.get("id"), theirs.get("error"))
    assert told["answer"]["query"] == body["query"]
    assert [one["verdict"] for one in items][4:] == ["unknown"] * 4
    assert items[2]["location"] == {"lat": 35.05, "lon": -90.05}
    assert [one.get("same_reasons_as") for one in items[:4]] == [None, None, 0, 0]


def test_as_many_verdicts_as_are_taken_can_be_read(session: Session) -> None:
    items = [{"id": number, "jurisdiction": "US-TN"} for number in range(MAX_VERDICTS)]
    result = session.call("verdict", items=items, product={"substance": "kratom"})
    told = result.structured_content

    assert isinstance(told, dict)
    assert [one["id"] for one in told["answer"]["items"]] == [one["id"] for one in items]
    assert {one["verdict"] for one in told["answer"]["items"]} == {"deny"}
    assert f"{MAX_VERDICTS} deny" in told["said"]
    assert len(told["doubts"]) == 1  # the same of all of them
    assert len(json.dumps(told)) < 100_000


def test_the_codebook_is_that_of_the_api(session: Session, api: FlaskClient) -> None:
    assert session.ask("codebook")["answer"] == json_of(api.get("/api/v1/codebook"))


def test_there_is_a_sample_of_every_tool() -> None:
    assert list(SAMPLE) == [tool.name for tool in TOOLS]


@pytest.mark.parametrize("tool", SAMPLE)
def test_every_answer_stands_in_the_envelope(session: Session, api: FlaskClient, tool: str) -> None:
    told = session.ask(tool, **SAMPLE[tool])
    health = json_of(api.get("/api/v1/jurisdictions/TH"))

    assert list(told) == [
        "said",
        "on",
        "known_at",
        "evidence_as_of",
        "confidence",
        "doubts",
        "sources",
        "data_version",
        "page",
        "disclaimer",
        "answer",
    ]
    assert told["said"] == " ".join(told["said"].split())
    assert told["on"] == health["on"]
    assert told["known_at"] is None
    assert told["data_version"] == health["data_version"]
    assert told["disclaimer"] == health["disclaimer"]
    assert told["page"].startswith("/")
    assert api.get(told["page"]).status_code == 200
    if tool != "codebook":
        assert told["sources"]
        assert told["evidence_as_of"]
        assert told["confidence"] in ("high", "medium", "low")
        assert all(source["of"] and source["url"].startswith("http") for source in told["sources"])


@pytest.mark.parametrize("tool", ["status_at", "history", "verdict", "jurisdiction"])
def test_one_answer_says_its_doubts(session: Session, tool: str) -> None:
    doubtful: dict[str, dict[str, Any]] = {
        "status_at": {"zip": "39701"},
        "history": {"jurisdiction": "US-TN"},
        "verdict": {"items": [{"jurisdiction": "TD"}], "product": {"substance": "kratom"}},
        "jurisdiction": {"jurisdiction": "TD"},
    }
    told = session.ask(tool, **doubtful[tool])

    assert told["doubts"]
    assert all(doubt in told["said"] for doubt in told["doubts"])


@pytest.mark.parametrize("tool", ["changes", "find_jurisdictions"])
def test_a_list_tells_its_doubts_and_how_to_go_on(session: Session, tool: str) -> None:
    first = session.ask(tool, page_size=2)
    second = session.ask(tool, page_size=2, page=2)
    total = first["answer"]["total"]
    beyond = session.ask(tool, page=1_000_000)

    assert total > 4
    assert f"{total} " in first["said"]
    assert "page=2" in first["said"]
    assert "page=3" in second["said"]
    assert beyond["answer"]["items"] == []
    assert "beyond" in beyond["said"]
    assert {str(one) for one in first["answer"]["items"]}.isdisjoint(
        str(one) for one in second["answer"]["items"]
    )
    whole = session.ask(tool, page_size=50)
    assert f"belong to it: {len(whole['doubts'])};" in whole["said"]


def test_an_empty_list_is_no_word_for_what_is_lawful(session: Session) -> None:
    told = session.ask("changes", jurisdiction="TD")

    assert told["answer"]["items"] == []
    assert "says nothing of what is lawful" in told["said"]
    assert told["evidence_as_of"] is None
