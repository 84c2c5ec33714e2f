"""The product that is asked about is read exactly, and a verdict is written whole."""

import json
from typing import Any

import pytest
from marshmallow import ValidationError

from regmap.domain.verdict_terms import (
    Effect,
    Form,
    Ground,
    Outcome,
    Product,
    Reason,
    Verdict,
)
from regmap.schemas.verdicts import ProductSchema, VerdictItemSchema, VerdictSchema, product_of
from tests.builders import KRATOM, a_source

FULL: dict[str, Any] = {
    "substance": "kratom",
    "form": "powder",
    "seven_oh_percent": 1.5,
    "seven_oh_ppm": 300,
    "serving_mg": 40,
    "buyer_age": 21,
}


def read(**facts: Any) -> Product:
    return product_of(ProductSchema().load({"substance": "kratom", **facts}), KRATOM)


def refused(**facts: Any) -> dict[str, Any]:
    with pytest.raises(ValidationError) as caught:
        ProductSchema().load({"substance": "kratom", **facts})
    messages = caught.value.messages
    assert isinstance(messages, dict)
    return messages


def test_a_product_is_read_whole() -> None:
    assert read(**FULL) == Product(KRATOM, Form.POWDER, 1.5, 300, 40, buyer_age=21)


def test_what_is_left_out_and_what_is_null_are_not_said() -> None:
    nothing = {name: None for name in FULL if name != "substance"}

    assert read() == read(**nothing) == Product(KRATOM)


@pytest.mark.parametrize("form", Form)
def test_every_form_is_known(form: Form) -> None:
    assert read(form=form.value).form is form


EDGES = [
    ("seven_oh_percent", 0, 100),
    ("seven_oh_ppm", 0, 1_000_000),
    ("serving_mg", 0, 1_000_000),
    ("buyer_age", 0, 130),
]


@pytest.mark.parametrize(("name", "least", "most"), EDGES)
def test_numbers_keep_their_range(name: str, least: int, most: int) -> None:
    assert getattr(read(**{name: least}), name) == least
    assert getattr(read(**{name: most}), name) == most
    assert list(refused(**{name: least - 1})) == [name]
    assert list(refused(**{name: most + 1})) == [name]


@pytest.mark.parametrize(("name", "least", "most"), EDGES)
@pytest.mark.parametrize(
    "value", ["1", True, [1], {}, float("nan"), float("inf"), 10**400, "", "1,5", "１"]
)
def test_only_a_json_number_is_a_number(name: str, least: int, most: int, value: Any) -> None:
    assert list(refused(**{name: value})) == [name]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"buyer_age": 20.5}, "buyer_age"),
        ({"buyer_age": 21.0}, "buyer_age"),
        ({"form": "Powder"}, "form"),
        ({"form": ""}, "form"),
        ({"form": ["powder"]}, "form"),
        ({"natural": True}, "natural"),
        ({"substance": None}, "substance"),
        ({"substance": ""}, "substance"),
        ({"substance": 7}, "substance"),
        ({"substance": "x" * 81}, "substance"),
        ({"age": 21}, "age"),
        ({"seven_oh_percent": 0, "seven_oh_ppm": 3}, "seven_oh_ppm"),
        ({"seven_oh_percent": 3, "seven_oh_ppm": 0}, "seven_oh_ppm"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_named(facts: dict[str, Any], field: str) -> None:
    assert list(refused(**facts)) == [field]


def test_the_substance_must_be_given() -> None:
    with pytest.raises(ValidationError) as caught:
        ProductSchema().load({})
    assert caught.value.messages == {"substance": ["Missing data for required field."]}


VERDICT = Verdict(
    Outcome.UNKNOWN,
    (
        Reason(Ground.MIN_AGE, Effect.UNKNOWN, "US-TN", "Age.", "§ 1", (a_source(),), "buyer_age"),
        Reason(Ground.NO_JURISDICTION, Effect.UNKNOWN, None, "Nowhere."),
    ),
)


def test_a_verdict_is_written_with_its_reasons_and_sources() -> None:
    written = VerdictSchema().dump(VERDICT)

    assert json.loads(json.dumps(written)) == {
        "verdict": "unknown",
        "reasons": [
            {
                "rule": "min_age",
                "effect": "unknown",
                "jurisdiction": "US-TN",
                "text": "Age.",
                "citation": "§ 1",
                "sources": [
                    {"title": "The act", "url": "https://example.org/act", "kind": "statute"}
                ],
                "needs": "buyer_age",
            },
            {
                "rule": "no_jurisdiction",
                "effect": "unknown",
                "jurisdiction": None,
                "text": "Nowhere.",
                "citation": None,
                "sources": [],
                "needs": None,
            },
        ],
    }


def test_an_item_adds_what_its_receipt_vouches_for() -> None:
    added = set(VerdictItemSchema().fields) - set(VerdictSchema().fields)

    assert added == {"id", "question", "data_version", "receipt"}
