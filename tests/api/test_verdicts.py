"""``POST /verdicts``: may this product go there? It fails closed, and its receipts hold."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from regmap.services.receipts import Problem, Receipts
from tests.served import (
    KEY,
    assert_problem,
    json_of,
    make_app,
    shared_database,
    shared_folder,
)

ON = "2026-06-01"
SECRET = "a key of these tests and of no other"
BIRMINGHAM = {"lat": 33.52, "lon": -86.81}
ATLANTA = {"lat": 33.75, "lon": -84.39}
LEAF = {
    "substance": "kratom",
    "form": "capsule",
    "seven_oh_percent": 0.5,
    "seven_oh_ppm": 100,
    "serving_mg": 50,
    "buyer_age": 30,
}
CONCENTRATE = {"substance": "7-oh", "form": "tablet", "seven_oh_percent": 90, "buyer_age": 30}


@pytest.fixture(scope="module")
def signing_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An app on the same records that has a key of its own."""
    cache = shared_folder(tmp_path_factory) / "cache"
    return make_app(shared_database(tmp_path_factory), cache, secret_key=SECRET)


def post(client: FlaskClient, items: list[Any], on: str = ON, **product: Any) -> Any:
    body = {"items": items, "product": {**LEAF, **product}, "on": on}
    return json_of(client.post("/api/v1/verdicts", json=body))


def judged(client: FlaskClient, item: Any, **product: Any) -> dict[str, Any]:
    [found] = post(client, [item], **product)["items"]
    answer: dict[str, Any] = found
    return answer


# Where, what (beside LEAF), what is said, and by which rule of whose law.
CASES: dict[str, tuple[Any, dict[str, Any], str, tuple[str, str | None]]] = {
    "a ban": (BIRMINGHAM, {}, "deny", ("status", "US-AL")),
    "a ban, by ZIP": ({"zip": "35203"}, {}, "deny", ("status", "US-AL")),
    "a ban abroad": ({"lat": 52.52, "lon": 13.405}, {}, "deny", ("status", "DE")),
    "a lawful country": ({"lat": 13.75, "lon": 100.5}, {}, "allow", ("status", "TH")),
    "a regulated state": (ATLANTA, {}, "allow", ("status", "US-GA")),
    "a buyer too young": (ATLANTA, {"buyer_age": 17}, "deny", ("min_age", "US-GA")),
    "a buyer of no said age": (ATLANTA, {"buyer_age": None}, "unknown", ("min_age", "US-GA")),
    "a cap exceeded": (
        {"lat": 38.25, "lon": -85.76},
        {"seven_oh_percent": 50},
        "deny",
        ("seven_oh_cap_percent", "US-KY"),
    ),
    "a concentrate where it is banned": (ATLANTA, CONCENTRATE, "deny", ("status", "US-GA")),
    "a possible ban": (
        {"lat": 33.4957, "lon": -88.4273},
        {},
        "unknown",
        ("possible_rule", "US-MS-columbus"),
    ),
    "a ZIP in two states": ({"zip": "42223"}, {}, "unknown", ("undetermined", None)),
    "military mail": ({"zip": "09012"}, {}, "unknown", ("unknown_status", None)),
    "the sea": ({"lat": 0.0, "lon": -30.0}, {}, "unknown", ("no_jurisdiction", None)),
    "off the coast": ({"lat": 31.0, "lon": -81.2}, {}, "unknown", ("nearest", "US-GA")),
    "bans below a state": (
        {"jurisdiction": "US-MS"},
        {},
        "unknown",
        ("possible_rule", "US-MS-columbus"),
    ),
    "an unknown law": ({"zip": "96910"}, {}, "unknown", ("unknown_status", "US-GU")),
}


@pytest.mark.parametrize(("item", "product", "said", "why"), CASES.values(), ids=CASES)
def test_the_law_on_record_is_held_against_the_product(
    client: FlaskClient,
    item: Any,
    product: dict[str, Any],
    said: str,
    why: tuple[str, str | None],
) -> None:
    found = judged(client, item, **product)

    assert found["verdict"] == said
    reasons = {
        (one["rule"], (one["jurisdiction"] or None))
        for one in found["reasons"]
        if one["effect"] == said
    }
    assert any(
        rule == why[0] and (id == why[1] or (id or "").startswith(f"{why[1]}-"))
        for rule, id in reasons
    ), reasons


def test_every_reason_of_a_denial_names_rule_jurisdiction_text_and_sources(
    client: FlaskClient,
) -> None:
    denials = 0
    for item, product, said, _ in CASES.values():
        for reason in judged(client, item, **product)["reasons"]:
            assert reason["rule"]
            assert reason["text"].endswith((".", "…")), reason["text"]
            if said == "deny" and reason["effect"] == "deny":
                denials += 1
                assert reason["jurisdiction"]
                assert reason["sources"]
                assert all(one["title"] and one["url"] for one in reason["sources"])
    assert denials >= 6


def test_what_would_settle_an_open_question_is_named(client: FlaskClient) -> None:
    [reason] = [
        one
        for one in judged(client, ATLANTA, buyer_age=None)["reasons"]
        if one["effect"] == "unknown"
    ]

    assert reason["needs"] == "buyer_age"


REFUSED_ITEMS: dict[str, tuple[Any, int, str]] = {
    "an unknown ZIP": ({"zip": "00000"}, 404, "zip"),
    "an unknown id": ({"jurisdiction": "XX"}, 404, "jurisdiction"),
    "no ZIP": ({"zip": "9999"}, 422, "zip"),
    "off the Earth": ({"lat": 91, "lon": 0}, 422, "lat"),
    "nothing": (None, 422, "item"),
}


@pytest.mark.parametrize(("item", "status", "field"), REFUSED_ITEMS.values(), ids=REFUSED_ITEMS)
def test_an_item_that_cannot_be_answered_is_unknown_and_never_allowed(
    client: FlaskClient, item: Any, status: int, field: str
) -> None:
    before, bad, after = post(client, [ATLANTA, item, BIRMINGHAM])["items"]

    assert (before["verdict"], bad["verdict"], after["verdict"]) == ("allow", "unknown", "deny")
    assert bad["error"]["status"] == status
    assert set(bad["error"]["errors"]) == {field}
    assert bad["reasons"] == []
    assert "receipt" not in bad


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no product": ({"items": [ATLANTA]}, "product"),
    "a product that is none": ({"items": [ATLANTA], "product": "tea"}, "product"),
    "no substance": ({"items": [ATLANTA], "product": {}}, "product.substance"),
    "no such substance": (
        {"items": [ATLANTA], "product": {"substance": "tea"}},
        "product.substance",
    ),
    "no such form": ({"items": [ATLANTA], "product": {**LEAF, "form": "gas"}}, "product.form"),
    "too high a share": (
        {"items": [ATLANTA], "product": {**LEAF, "seven_oh_percent": 101}},
        "product.seven_oh_percent",
    ),
    "a share as text": (
        {"items": [ATLANTA], "product": {**LEAF, "seven_oh_percent": "1"}},
        "product.seven_oh_percent",
    ),
    "facts that contradict": (
        {"items": [ATLANTA], "product": {**LEAF, "seven_oh_percent": 0}},
        "product.seven_oh_ppm",
    ),
    "an age of no one": (
        {"items": [ATLANTA], "product": {**LEAF, "buyer_age": 131}},
        "product.buyer_age",
    ),
    "half a year": (
        {"items": [ATLANTA], "product": {**LEAF, "buyer_age": 20.5}},
        "product.buyer_age",
    ),
    "a fact that no rule knows": (
        {"items": [ATLANTA], "product": {**LEAF, "colour": "red"}},
        "product.colour",
    ),
    "no items": ({"items": [], "product": LEAF}, "items"),
    "too many items": ({"items": [None] * 10_001, "product": LEAF}, "items"),
    "a stray field": ({"items": [ATLANTA], "product": LEAF, "detail": "full"}, "detail"),
}


@pytest.mark.parametrize(("body", "field"), BAD.values(), ids=BAD)
def test_a_question_that_cannot_be_used_is_refused_whole(
    client: FlaskClient, body: dict[str, Any], field: str
) -> None:
    assert_problem(client.post("/api/v1/verdicts", json=body), 422, field)


# --- It fails closed. ---------------------------------------------------------------------------


def _products(chance: random.Random, count: int) -> list[dict[str, Any]]:
    def maybe(*values: Any) -> Any:
        return chance.choice([None, *values])

    return [
        {
            "substance": chance.choice(["kratom", "7-oh"]),
            "form": maybe("leaf", "powder", "capsule", "extract", "gummy", "vape"),
            "seven_oh_percent": maybe(0.1, 1, 2, 40, 95),
            "seven_oh_ppm": maybe(10, 400, 5_000),
            "serving_mg": maybe(5, 100, 900),
            "buyer_age": maybe(15, 18, 20, 21, 60),
        }
        for _ in range(count)
    ]


def _locations(chance: random.Random, count: int) -> list[dict[str, Any]]:
    america = [
        {"lat": chance.uniform(25, 49), "lon": chance.uniform(-124, -67)} for _ in range(count)
    ]
    world = [
        {"lat": chance.uniform(-60, 75), "lon": chance.uniform(-180, 180)} for _ in range(count)
    ]
    zips = [{"zip": f"{chance.randrange(100_000):05}"} for _ in range(count)]
    asked = [{"jurisdiction": id} for id in ("US", "TH", "US-MS", "US-TN", "US-FL", "AU", "US-HI")]
    return [*america, *world, *zips, *asked]


@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_allowed_that_status_calls_unlawful_possible_or_weak(
    client: FlaskClient, seed: int
) -> None:
    chance = random.Random(seed)
    items = _locations(chance, 150)
    [product] = _products(chance, 1)
    verdicts = post(client, items, **product)["items"]
    body = {"items": items, "substance": product["substance"], "on": ON}
    statuses = json_of(client.post("/api/v1/status/batch", json=body))["items"]

    lawful = {"regulated", "unregulated"}
    for item, verdict, status in zip(items, verdicts, statuses, strict=True):
        effective = status.get("effective")
        if verdict["verdict"] == "allow":
            assert effective is not None, item
            assert effective["status"] in lawful, item
            assert effective["strictest_possible"] in lawful, item
            assert effective["confidence"] != "low", item
            assert {layer["match"] for layer in status["layers"]} == {"inside"}, item
            assert any(one["effect"] == "allow" for one in verdict["reasons"])
            assert not any(one["effect"] in ("deny", "unknown") for one in verdict["reasons"])
        elif effective and effective["status"] in ("prohibited", "sale_prohibited"):
            assert verdict["verdict"] == "deny", item


def test_some_random_spots_are_allowed_so_that_the_rule_above_says_something(
    client: FlaskClient,
) -> None:
    found = post(client, _locations(random.Random(1), 200))["items"]

    assert {one["verdict"] for one in found} == {"allow", "deny", "unknown"}


# --- Receipts. ----------------------------------------------------------------------------------

ITEMS = [{"id": 7, **BIRMINGHAM}, {"id": "b", "zip": "30303"}, {"jurisdiction": "TH"}, ATLANTA]


def test_each_installation_signs_with_its_own_key(client: FlaskClient) -> None:
    found = post(client, ITEMS)["items"]

    assert [Receipts(KEY).verify_item(item).valid for item in found] == [True] * len(ITEMS)
    assert [Receipts(SECRET).verify_item(item).valid for item in found] == [False] * len(ITEMS)


def test_a_receipt_vouches_for_the_item_as_it_was_served(signing_app: Flask) -> None:
    answer = post(signing_app.test_client(), ITEMS)

    for item in answer["items"]:
        check = Receipts(SECRET).verify_item(item)
        assert check.valid, check.problems
        assert check.data_version == item["data_version"] == answer["data_version"]
    assert len({item["receipt"] for item in answer["items"]}) == len(ITEMS)


def test_an_item_holds_the_question_as_it_was_understood(signing_app: Flask) -> None:
    found = post(signing_app.test_client(), ITEMS)["items"]

    assert [one.get("id") for one in found] == [7, "b", None, None]
    locations = [one["question"]["location"] for one in found]
    assert locations == [BIRMINGHAM, {"zip": "30303"}, {"jurisdiction": "TH"}, ATLANTA]
    assert all(one["question"]["product"] == LEAF for one in found)
    assert all(one["question"]["on"] == ON for one in found)


ALTERED: dict[str, tuple[tuple[Any, ...], Any, Problem]] = {
    "the verdict": (("verdict",), "allow", Problem.ANSWER_ALTERED),
    "a reason": (("reasons", 0, "text"), "Fine.", Problem.ANSWER_ALTERED),
    "the reasons": (("reasons",), [], Problem.ANSWER_ALTERED),
    "the data": (("data_version",), "1-0", Problem.ANSWER_ALTERED),
    "something more": (("approved",), True, Problem.ANSWER_ALTERED),
    "the spot": (("question", "location", "lat"), 33.75, Problem.QUESTION_ALTERED),
    "the buyer": (("question", "product", "buyer_age"), 31, Problem.QUESTION_ALTERED),
    "the day": (("question", "on"), "2026-06-02", Problem.QUESTION_ALTERED),
    "the order": (("id",), 8, Problem.QUESTION_ALTERED),
}


@pytest.mark.parametrize(("path", "value", "problem"), ALTERED.values(), ids=ALTERED)
def test_an_item_that_was_altered_is_found_out(
    signing_app: Flask, path: tuple[Any, ...], value: Any, problem: Problem
) -> None:
    [item] = post(signing_app.test_client(), ITEMS[:1])["items"]
    altered = copy.deepcopy(item)
    inner = altered
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value

    assert Receipts(SECRET).verify_item(altered).problems == (problem,)


def test_the_receipt_of_another_item_or_of_another_key_does_not_vouch(signing_app: Flask) -> None:
    first, second, *_ = post(signing_app.test_client(), ITEMS)["items"]

    assert not Receipts(SECRET).verify_item({**first, "receipt": second["receipt"]}).valid
    assert Receipts("another").verify_item(first).problems == (Problem.BAD_SIGNATURE,)


def test_answers_are_kept_by_no_cache_and_open_to_any_origin(client: FlaskClient) -> None:
    response = client.post("/api/v1/verdicts", json={"items": [ATLANTA], "product": LEAF})

    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
