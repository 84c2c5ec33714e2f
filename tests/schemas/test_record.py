from typing import Any

import pytest
from hypothesis import given

from regmap.domain.errors import InvalidDocument
from regmap.domain.records import Record
from regmap.domain.vocabulary import Confidence, Extent
from regmap.schemas.record import record_from_document, record_to_document
from tests.builders import a_bill, a_period, a_record, a_source, an_ending
from tests.domain.strategies import records

PERIOD_KEYS = [
    "from",
    "to",
    "status",
    "min_age",
    "schedule",
    "possession",
    "sale",
    "rules",
    "summary",
    "citation",
    "instrument",
    "penalty",
    "sources",
    "confidence",
    "extent",
]
REQUIRED = {"from", "to", "status", "possession", "sale", "sources", "confidence", "extent"}


def a_document() -> dict[str, Any]:
    """A record in which every field can be set to something else."""
    ended = a_period(
        "regulated",
        "2018",
        "2021-05",
        min_age=18,
        rules={"serving_limit_mg": 2, "kcpa": True, "special_tax": "5 %"},
        sources=(a_source(published="2018-07"),),
        ended_by=an_ending("Repealed.", a_source()),
    )
    return record_to_document(a_record("US-TN", ended, pending=(a_bill(as_of="2026-01"),)))


def put(document: Any, path: str, value: Any) -> None:
    """Set what stands at a dotted path."""
    *above, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    for part in above:
        document = document[part]
    document[last] = value


def problems_of(document: dict[str, Any]) -> Any:
    with pytest.raises(InvalidDocument) as raised:
        record_from_document(document)
    return raised.value.messages


@given(records())
def test_a_record_survives_its_document(record: Record) -> None:
    document = record_to_document(record)

    read = record_from_document(document)

    assert read == record
    assert record_to_document(read) == document  # dates of law keep their precision, too


def test_a_record_is_written_with_every_field_in_a_fixed_order() -> None:
    document = a_document()

    assert list(document) == [
        "jurisdiction",
        "substance",
        "periods",
        "pending",
        "evidence_as_of",
        "note",
    ]
    [period] = document["periods"]
    assert list(period) == [*PERIOD_KEYS, "ended_by"]
    assert list(period["sources"][0]) == ["title", "url", "publisher", "kind", "published"]
    assert list(period["ended_by"]) == ["summary", "citation", "instrument", "sources"]
    assert list(document["pending"][0]) == ["title", "stage", "as_of", "url"]


def test_rules_are_kept_in_the_order_of_the_codebook() -> None:
    [period] = record_from_document(a_document()).periods

    assert list(period.rules) == ["kcpa", "serving_limit_mg", "special_tax"]


def test_a_period_that_nothing_ended_has_no_ending() -> None:
    [period] = record_to_document(a_record("US-TN", "regulated"))["periods"]

    assert list(period) == PERIOD_KEYS


def test_the_document_says_what_the_record_says() -> None:
    period = a_period(
        "regulated", None, "2027", min_age=21, rules={"kcpa": True}, sources=(), extent=None
    )

    assert record_to_document(a_record("US-TN", period, substance="7-oh", note="Look again.")) == {
        "jurisdiction": "US-TN",
        "substance": "7-oh",
        "periods": [
            {
                "from": None,
                "to": "2027",
                "status": "regulated",
                "min_age": 21,
                "schedule": None,
                "possession": "allowed",
                "sale": "allowed",
                "rules": {"kcpa": True},
                "summary": None,
                "citation": None,
                "instrument": None,
                "penalty": None,
                "sources": [],
                "confidence": "high",
                "extent": None,
            }
        ],
        "pending": [],
        "evidence_as_of": "2026-01-01",
        "note": "Look again.",
    }


def test_an_extent_that_is_null_is_not_the_same_as_whole() -> None:
    for extent in (None, Extent.WHOLE, Extent.UNINCORPORATED):
        document = record_to_document(a_record("US-TN", a_period("regulated", extent=extent)))
        assert record_from_document(document).periods[0].extent is extent


def test_what_is_optional_may_be_left_out() -> None:
    document = record_to_document(a_record("US-TN", "regulated"))
    del document["pending"], document["note"]
    for key in set(PERIOD_KEYS) - REQUIRED:
        del document["periods"][0][key]

    assert record_from_document(document) == a_record("US-TN", "regulated")


@pytest.mark.parametrize("key", sorted(REQUIRED))
def test_what_a_period_must_say_may_not_be_left_out(key: str) -> None:
    document = a_document()
    del document["periods"][0][key]

    assert problems_of(document) == {"periods": {0: {key: ["Missing data for required field."]}}}


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("jurisdiction", None, "Field may not be null."),
        ("substance", 7, "Not a valid string."),
        ("periods", {}, "Not a valid list."),
        ("periods.0", "prohibited", "Invalid input type."),
        ("periods.0.from", 2019, "Not a date in quotes"),
        ("periods.0.to", "2019-02-30", "is not a day of the calendar"),
        ("periods.0.status", "banned", "Must be one of: prohibited,"),
        ("periods.0.status", None, "Field may not be null."),
        ("periods.0.min_age", "21", "Not a whole number."),
        ("periods.0.min_age", True, "Not a whole number."),
        ("periods.0.min_age", 21.0, "Not a whole number."),
        ("periods.0.min_age", 0, "Must be greater than or equal to 1"),
        ("periods.0.min_age", 121, "less than or equal to 120"),
        ("periods.0.possession", "restricted", "Must be one of: allowed, prohibited, unknown."),
        ("periods.0.sale", "legal", "Must be one of: allowed, restricted, prohibited, unknown."),
        ("periods.0.summary", "  ", "Is blank."),
        ("periods.0.penalty", "", "Is blank."),
        ("periods.0.confidence", "certain", "Must be one of: high, medium, low."),
        ("periods.0.extent", "city", "Must be one of: whole, unincorporated."),
        ("periods.0.rules.kcpa", 1, "Not true or false."),
        ("periods.0.rules.kcpa", None, "Field may not be null."),
        ("periods.0.rules.serving_limit_mg", "2", "Not a number."),
        ("periods.0.rules.serving_limit_mg", float("nan"), "Not a number."),
        ("periods.0.rules.serving_limit_mg", True, "Not a number."),
        ("periods.0.rules.seven_oh_cap_percent", -1, "Must be greater than or equal to 0"),
        ("periods.0.rules.special_tax", 5, "Not a valid string."),
        ("periods.0.rules.colour", True, "Unknown rule."),
        ("periods.0.sources", None, "Field may not be null."),
        ("periods.0.sources.0.title", "", "Is blank."),
        ("periods.0.sources.0.url", "javascript:alert(1)", "Not an http or https address."),
        ("periods.0.sources.0.kind", "blog", "Must be one of: statute,"),
        ("periods.0.sources.0.author", "X", "Unknown field."),
        ("periods.0.ended_by.summary", None, "Field may not be null."),
        ("periods.0.verdict", "fine", "Unknown field."),
        ("pending.0.url", "example.org", "Not an http or https address."),
        ("pending.0.stage", None, "Field may not be null."),
        ("evidence_as_of", "soon", "is not a date"),
        ("status", "prohibited", "Unknown field."),
    ],
)
def test_what_is_wrong_is_told_at_its_path(path: str, value: Any, message: str) -> None:
    document = a_document()
    put(document, path, value)

    messages = problems_of(document)

    for part in path.split("."):
        messages = messages[int(part) if part.isdigit() else part]
    said = messages["_schema"] if isinstance(messages, dict) else messages
    assert message in said[0]


def test_every_mistake_is_told_at_once() -> None:
    document = a_document()
    put(document, "periods.0.status", "banned")
    put(document, "periods.0.sources.0.url", "x")
    put(document, "pending.0.title", " ")

    messages = problems_of(document)

    assert set(messages) == {"periods", "pending"}
    assert set(messages["periods"][0]) == {"status", "sources"}


@pytest.mark.parametrize("document", [None, [], [a_document()], "text", 5])
def test_what_is_no_mapping_is_no_record(document: Any) -> None:
    assert problems_of(document) == {"_schema": ["Invalid input type."]}


def test_confidence_is_read_as_its_code() -> None:
    document = a_document()
    put(document, "periods.0.confidence", "low")

    assert record_from_document(document).periods[0].confidence is Confidence.LOW
