"""Receipts: what was signed is vouched for, and nothing else."""

import base64
import copy
import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regmap.domain.errors import InvalidValue
from regmap.services.receipts import (
    PROBLEMS,
    Problem,
    Receipts,
    answer_of,
    canonical,
    digest,
)

KEY = "a key that only the server has"
NOON = datetime(2026, 1, 1, 12, 0, 0, 999, tzinfo=UTC)
ITEM: dict[str, Any] = {
    "id": "order 7",
    "question": {
        "location": {"lat": 36.1627, "lon": -86.7816},
        "product": {"substance": "kratom", "seven_oh_percent": 1.0, "buyer_age": 30},
        "on": "2026-01-01",
    },
    "verdict": "deny",
    "reasons": [{"rule": "status", "jurisdiction": "US-TN", "text": "Verboten – § 39-17-452"}],
    "data_version": "data-2026-01-01.7",
}


def filed(receipts: Receipts, item: dict[str, Any] = ITEM) -> dict[str, Any]:
    """An item with its receipt."""
    return {**item, "receipt": receipts.issue(item, NOON)}


def problems(item: dict[str, Any], receipts: Receipts | None = None) -> tuple[Problem, ...]:
    return (receipts or Receipts(KEY)).verify_item(item).problems


def test_a_receipt_vouches_for_what_it_was_given_for() -> None:
    check = Receipts(KEY).verify_item(filed(Receipts(KEY)))

    assert check.valid
    assert check.issued_at == "2026-01-01T12:00:00Z"
    assert check.data_version == "data-2026-01-01.7"


def test_the_moment_of_issue_is_told_in_utc() -> None:
    receipts = Receipts(KEY)
    there = NOON.astimezone(timezone(timedelta(hours=9)))

    assert receipts.issue(ITEM, there) == receipts.issue(ITEM, NOON)


@pytest.mark.parametrize("secret", [None, ""])
def test_without_a_key_there_are_no_receipts(secret: str | None) -> None:
    receipts = Receipts(secret)

    assert not receipts.enabled
    assert receipts.issue(ITEM, NOON) is None
    with pytest.raises(InvalidValue, match="REGMAP_SECRET_KEY"):
        receipts.verify_item(filed(Receipts(KEY)))


@pytest.mark.parametrize("secret", [",", "one,,two", "one,", " "])
def test_an_empty_key_is_refused(secret: str) -> None:
    with pytest.raises(InvalidValue, match="REGMAP_SECRET_KEY"):
        Receipts(secret)


def test_the_first_key_signs_and_all_of_them_check() -> None:
    old, new, both = Receipts("old"), Receipts("new"), Receipts("new, old")

    assert both.issue(ITEM, NOON) == new.issue(ITEM, NOON)
    assert both.verify_item(filed(old)).valid
    assert both.verify_item(filed(new)).valid
    assert problems(filed(old), new) == (Problem.BAD_SIGNATURE,)


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (("id",), "order 8", Problem.QUESTION_ALTERED),
        (("question", "on"), "2026-01-02", Problem.QUESTION_ALTERED),
        (("question", "product", "buyer_age"), 31, Problem.QUESTION_ALTERED),
        (("question", "location", "lat"), 36.16271, Problem.QUESTION_ALTERED),
        (("question", "more"), None, Problem.QUESTION_ALTERED),
        (("question",), None, Problem.QUESTION_ALTERED),
        (("verdict",), "allow", Problem.ANSWER_ALTERED),
        (("data_version",), "other", Problem.ANSWER_ALTERED),
        (("reasons",), [], Problem.ANSWER_ALTERED),
        (("added",), 1, Problem.ANSWER_ALTERED),
        (("verdict",), 2**60, Problem.ANSWER_ALTERED),
        (("receipt",), None, Problem.NO_RECEIPT),
    ],
)
def test_whatever_was_changed_is_told(path: tuple[str, ...], value: Any, problem: Problem) -> None:
    item = copy.deepcopy(filed(Receipts(KEY)))
    at = item
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = value

    assert problems(item) == (problem,)


def test_a_question_and_an_answer_changed_together_are_both_told() -> None:
    item = {**filed(Receipts(KEY)), "id": 8, "verdict": "allow"}

    assert problems(item) == (Problem.QUESTION_ALTERED, Problem.ANSWER_ALTERED)


@pytest.mark.parametrize(
    "text",
    ["", ".", "abc", "e30.x", "a.b.c", "ünïcode.x", 7, ["x"], {}, "bnVsbA.x", "W1tbW1tb.x"],
)
def test_what_is_no_receipt_is_told_from_a_forged_one(text: Any) -> None:
    assert problems({**ITEM, "receipt": text}) == (Problem.NOT_A_RECEIPT,)


def test_every_altered_character_of_a_receipt_is_noticed() -> None:
    item = filed(Receipts(KEY))
    receipt = item["receipt"]
    for place, was in enumerate(receipt):
        # The unused low bits of the last character of base64 text say nothing: skip one step.
        other = "A" if was not in "ABCD" else "Q"
        changed = {**item, "receipt": receipt[:place] + other + receipt[place + 1 :]}
        [problem] = problems(changed)
        assert problem in (Problem.BAD_SIGNATURE, Problem.NOT_A_RECEIPT)


def test_a_receipt_of_a_format_to_come_is_not_taken_for_one_of_ours() -> None:
    content = {"v": 2, "at": "x", "data": "x", "q": "x", "a": "x"}
    token = base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")

    assert problems({**ITEM, "receipt": f"{token}.x"}) == (Problem.NOT_A_RECEIPT,)


def test_a_digest_worked_out_beforehand_gives_the_same_receipt() -> None:
    receipts = Receipts(KEY)

    assert receipts.issue(ITEM, NOON, digest(answer_of(ITEM))) == receipts.issue(ITEM, NOON)


def test_a_receipt_survives_another_program_that_reads_and_writes_the_file() -> None:
    item = filed(Receipts(KEY))
    # As JavaScript would write it: 1.0 as 1, names in another order, escapes where none were.
    item["question"]["product"] = {"buyer_age": 30.0, "substance": "kratom", "seven_oh_percent": 1}
    written = json.dumps(dict(reversed(item.items())), ensure_ascii=True, indent=3)

    assert problems(json.loads(written)) == ()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        ({"b": [1, False], "a": {}}, '{"a":{},"b":[1,false]}'),
        ('é\u20ac\x1f\x7f"\\\n', '"é€\\u001f\x7f\\"\\\\\\n"'),
        # names sort by UTF-16 code units: U+1F600 (D83D DE00) stands before U+FB33
        ({"\ufb33": 1, "\U0001f600": 2}, '{"\U0001f600":2,"\ufb33":1}'),
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-86.7816, "-86.7816"),
        (333333333.33333329, "333333333.3333333"),
        (1e30, "1e+30"),
        (1e21, "1e+21"),
        (1e20, "100000000000000000000"),
        (4.50, "4.5"),
        (2e-3, "0.002"),
        (1e-5, "0.00001"),
        (-1.5e-6, "-0.0000015"),
        (1e-7, "1e-7"),
        (1.25e-27, "1.25e-27"),
        (5e-324, "5e-324"),
    ],
)
def test_canonical_json_is_that_of_rfc_8785(value: Any, text: str) -> None:
    assert canonical(value).decode() == text
    assert digest(value) == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), 2**53 + 1, "\ud800", {"a": 1.0, 1: 2}, {"a": b""}, object()],
)
def test_what_has_no_canonical_json_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical(value)


_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(1 - 2**53, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


def _as_in_javascript(digits: str) -> float:
    return int(digits) if abs(int(digits)) < 2**53 else float(digits)


@given(_values)
def test_canonical_json_is_json_of_the_same_value_and_its_own_canonical_form(value: Any) -> None:
    try:
        text = canonical(value)
    except UnicodeEncodeError:  # a name with half a surrogate pair
        return
    read = json.loads(text, parse_int=_as_in_javascript)

    assert read == value
    if not _has_large_number(read):
        assert canonical(read) == text


def _has_large_number(value: Any) -> bool:
    """Whole floats from 2^53 on read back as whole numbers that have no canonical form."""
    if isinstance(value, dict):
        return any(map(_has_large_number, value.values()))
    if isinstance(value, list):
        return any(map(_has_large_number, value))
    return isinstance(value, int | float) and abs(value) >= 2**53


def test_every_problem_is_explained() -> None:
    assert set(PROBLEMS) == set(Problem)
