"""What a shop filed is checked item by item, and files that are none of ours are named for it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from regmap.domain.errors import DataProblem, InvalidValue
from regmap.services.receipt_files import BadItem, FileReport, check_file
from regmap.services.receipts import Receipts

RECEIPTS = Receipts("a key that only the server has")
BOM = "\ufeff"


def item(id: int, **changed: Any) -> dict[str, Any]:
    """A signed item; what is changed was changed after it was signed."""
    made: dict[str, Any] = {
        "id": id,
        "question": {"location": {"zip": "37201"}, "product": {"substance": "kratom"}},
        "verdict": "deny",
        "reasons": [],
        "data_version": "v1",
    }
    receipt = RECEIPTS.issue(made, datetime(2026, 1, 1, tzinfo=UTC))
    return {**made, "receipt": receipt, **changed}


def report(tmp_path: Path, content: str | bytes, receipts: Receipts = RECEIPTS) -> FileReport:
    file = tmp_path / "filed"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return check_file(file, receipts)


GOOD, FORGED = item(1), item(2, verdict="allow")
LINES = "".join(json.dumps(one) + "\n" for one in (GOOD, FORGED, item(3)))


@pytest.mark.parametrize(
    "content",
    [
        json.dumps({"items": [GOOD, item(3)], "disclaimer": "…"}),
        json.dumps({"items": [GOOD, item(3)]}, indent=2),
        json.dumps([GOOD, item(3)]),
        BOM + json.dumps([GOOD, item(3)], indent=1),
        json.dumps(GOOD) + "\r\n\r\n" + json.dumps(item(3)),
        json.dumps({"items": [GOOD]}) + "\n" + json.dumps([item(3)]) + "\n\n",
        BOM + "\n" + json.dumps(GOOD) + "\n" + json.dumps(item(3)),
    ],
    ids=["answer", "indented", "list", "BOM", "lines", "answers a line", "BOM and lines"],
)
def test_every_shape_that_is_served_or_kept_is_read(tmp_path: Path, content: str) -> None:
    assert report(tmp_path, content) == FileReport(valid=2, without_answer=0, bad=())


def test_one_item_alone_is_read(tmp_path: Path) -> None:
    assert report(tmp_path, json.dumps(GOOD, indent=2)).valid == 1


def test_each_bad_line_is_named_with_its_reason(tmp_path: Path) -> None:
    checked = report(tmp_path, LINES)

    assert (checked.valid, checked.checked) == (2, 3)
    [bad] = checked.bad
    assert (bad.line, bad.item, bad.id, bad.problem) == (2, 1, 2, "answer_altered")
    assert checked.by_problem == {"answer_altered": 1}


def test_an_item_of_a_list_is_named_by_its_place(tmp_path: Path) -> None:
    [bad] = report(tmp_path, json.dumps([GOOD, item(2, receipt=None)])).bad

    assert (bad.line, bad.item, bad.problem) == (1, 2, "no_receipt")


def test_an_item_that_is_bad_in_two_ways_is_counted_once(tmp_path: Path) -> None:
    checked = report(tmp_path, json.dumps(item(1, question=None, verdict="allow")))

    assert len(checked.bad) == 2
    assert checked.checked == 1


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"verdict": "de', "Not JSON: column "),
        (b'{"verdict": NaN}', "NaN is no JSON number"),
        (b'{"verdict": "deny", "verdict": "allow"}', "'verdict' stands twice"),
        (b'{"verdict": "\xe9"}', "Not UTF-8"),
        (b'{"substance": "kratom"}', "neither a verdict nor a receipt"),
        (b"7", "Not an item"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"verdict": ' + b"9" * 5000 + b"}", "Not JSON: "),
    ],
)
def test_a_line_that_cannot_be_read_is_reported_and_the_next_one_is_read(
    tmp_path: Path, line: bytes, reason: str
) -> None:
    good = json.dumps(GOOD).encode()

    checked = report(tmp_path, good + b"\n" + line + b"\n" + good)

    assert checked.valid == 2
    [bad] = checked.bad
    assert (bad.line, bad.problem) == (2, None)
    assert reason in bad.reason
    assert checked.by_problem == {"unreadable": 1}


@pytest.mark.parametrize("more", [{}, {"receipt": None}, {"verdict": "unknown", "reasons": []}])
def test_an_item_that_was_answered_with_an_error_has_nothing_to_vouch_for(
    tmp_path: Path, more: dict[str, Any]
) -> None:
    refused = {"id": 2, "error": {"zip": ["unknown"]}, **more}

    assert report(tmp_path, json.dumps([GOOD, refused])) == FileReport(1, 1, ())


def test_an_allow_is_not_passed_over_for_an_error_beside_it(tmp_path: Path) -> None:
    [bad] = report(tmp_path, json.dumps({"id": 2, "error": {}, "verdict": "allow"})).bad

    assert bad.problem == "no_receipt"


def test_a_verdict_made_an_error_is_not_passed_over(tmp_path: Path) -> None:
    [bad] = report(tmp_path, json.dumps(item(1, error="none"))).bad

    assert isinstance(bad, BadItem)
    assert bad.problem == "answer_altered"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \n", "is empty"),
        (b"[]", "holds no verdict"),
        (b'{"items": []}', "holds no verdict"),
        (b"zip,verdict\n37201,deny\n", "neither JSON nor JSON Lines. Not JSON: line 1"),
        (b'"text"', "neither JSON nor JSON Lines"),
        (b"NaN", "neither JSON nor JSON Lines"),
        (b'{\n"items": [\n{"verdict": "de', "line 3, column 13"),
        (b'{\n"items": "\xe9"}', "Not UTF-8 at line 2"),
        ("[]".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04\x00\xff", "neither JSON nor JSON Lines"),
    ],
)
def test_a_file_that_is_none_of_ours_is_told_apart(
    tmp_path: Path, content: bytes, message: str
) -> None:
    with pytest.raises(DataProblem) as caught:
        report(tmp_path, content)

    assert message in str(caught.value)
    assert "filed" in str(caught.value)


def test_a_file_that_is_not_there_or_no_file_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "missing", tmp_path):
        with pytest.raises(DataProblem, match=str(path)):
            check_file(path, RECEIPTS)


def test_without_a_key_nothing_is_called_checked(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="REGMAP_SECRET_KEY"):
        report(tmp_path, LINES, Receipts(None))
