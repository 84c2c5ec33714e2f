"""CSV files in every dress: the rows come back to the letter, with the added cells behind them."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regmap.domain.errors import DataProblem, InvalidValue
from regmap.services.annotate.columns import ADDED
from regmap.services.annotate.csv_dialect import is_whole, quoted, sniffed
from tests.services.annotate.conftest import Annotate, added, rows_of, written

HEAD = ",".join(ADDED)


def test_rows_columns_and_cells_keep_their_order_and_their_text(
    annotate: Annotate, tmp_path: Path
) -> None:
    text = (
        'zip,name, note,"lat, lon?"\r\n'
        "02139,Shop, x ,\r\n"
        '37203,"A ""B"", C",,"1\n2"\r\n'
        "99501,\"plain\",'q',=1+1\r\n"
    )
    source = written(tmp_path / "in.csv", text)

    report = annotate(source, tmp_path / "out.csv", delimiter=",")

    lines = (tmp_path / "out.csv").read_bytes().decode().split("\r\n")
    assert lines[0] == f'zip,name, note,"lat, lon?",{HEAD}'
    assert [line.startswith(was) for line, was in zip(lines, text.split("\r\n"), strict=True)] == [
        True
    ] * 5
    assert [row["zip"] for row in rows_of(tmp_path / "out.csv")] == ["02139", "37203", "99501"]
    assert (report.rows, report.bad_rows) == (3, 0)


DRESSES = {
    "plain": b"name,zip\nA,37203\nB,02139\n",
    "CRLF": b"name,zip\r\nA,37203\r\nB,02139\r\n",
    "no line end at the end": b"name,zip\nA,37203\nB,02139",
    "BOM": b"\xef\xbb\xbfname,zip\nA,37203\nB,02139\n",
    "BOM before the column": b"\xef\xbb\xbfzip,name\n37203,A\n02139,B\n",
    "semicolons": b"name;zip\nA;37203\nB;02139\n",
    "tabs": b"name\tzip\nA\t37203\nB\t02139\n",
    "pipes": b"name|zip\nA|37203\nB|02139\n",
    "one column": b"zip\n37203\n02139\n",
    "a delimiter of another kind in quotes": b'"na;;;me",zip\nA,37203\nB,02139\n',
    "quoted line ends": b'name,zip\n"A\nA",37203\n"B\r\n\r\nB",02139\n',
    "blank lines": b"\nname,zip\n\nA,37203\n\n\nB,02139\n\n",
    "quotes in the middle": b'name,zip\n5" pipe,37203\n6" pipe,02139\n',
    "another script": "name,zip\nクラトム,37203\nКратом,02139\n".encode(),
    "line separators that are none": "name,zip\nA\u2028B\x0bC\x85,37203\nD,02139\n".encode(),
}


@pytest.mark.parametrize("chunk_rows", [1, 65536])
@pytest.mark.parametrize("dress", DRESSES)
def test_every_dress_is_read_and_written_as_it_came(
    annotate: Annotate, tmp_path: Path, dress: str, chunk_rows: int
) -> None:
    source, target = written(tmp_path / "in.csv", DRESSES[dress]), tmp_path / "out.csv"

    report = annotate(source, target, chunk_rows=chunk_rows)

    out = target.read_bytes()
    delimiter = next(one for one in ",;\t|" if f"jurisdictions{one}possible".encode() in out)
    governed = [row["governed_by"] for row in rows_of(target, delimiter)]
    assert (report.rows, report.bad_rows) == (2, 0)
    assert governed[0] == "US-TN"
    assert len(governed) == 2
    assert _without_added(out.decode(), delimiter) == DRESSES[dress].decode()


def _without_added(text: str, delimiter: str) -> str:
    """A written text without what was added: to each record, a known number of cells."""
    lines = io.StringIO(text, newline="")
    kept = ""
    record: list[str] = []
    reader = csv.reader(_recorded(lines, record), delimiter=delimiter)
    for cells in reader:
        raw = "".join(record)
        record.clear()
        body = raw.rstrip("\r\n")
        more = "".join(delimiter + quoted(cell, delimiter) for cell in cells[-len(ADDED) :])
        kept += body.removesuffix(more if cells else "") + raw[len(body) :]
    return kept


def _recorded(lines: io.StringIO, record: list[str]) -> Iterator[str]:
    for line in lines:
        record.append(line)
        yield line


def test_a_row_with_too_few_cells_is_filled_up_and_marked(
    annotate: Annotate, tmp_path: Path
) -> None:
    source = written(tmp_path / "in.csv", "a,b,zip\n1,2,37203\n1\n1,2,37203\n")

    report = annotate(source, tmp_path / "out.csv")

    good, bad, after = rows_of(tmp_path / "out.csv")
    assert (bad["a"], bad["b"], bad["zip"]) == ("1", "", "")
    assert bad["error"] == "the row has 1 cell, the header 3"
    assert added(good) == added(after)
    assert report.faults == {"too many or too few cells": 1}


def test_the_surplus_of_a_row_with_too_many_cells_stands_at_its_end(
    annotate: Annotate, tmp_path: Path
) -> None:
    source = written(tmp_path / "in.csv", 'zip,a\n37203,"x,y",more,"m,n"\n37203,b\n')

    annotate(source, tmp_path / "out.csv")

    with (tmp_path / "out.csv").open(newline="") as opened:
        header, bad, good = csv.reader(opened)
    assert bad[:2] == ["37203", "x,y"]
    assert bad[header.index("error")] == "the row has 4 cells, the header 2"
    assert bad[len(header) :] == ["more", "m,n"]
    assert len(good) == len(header)


def test_a_gzipped_file_is_read(annotate: Annotate, tmp_path: Path) -> None:
    plain = written(tmp_path / "in.csv", "zip\n" + "37203\n02139\n" * 500)
    packed = written(tmp_path / "in.csv.gz", gzip.compress(plain.read_bytes()))

    annotate(plain, tmp_path / "one.csv", chunk_rows=64)
    annotate(packed, tmp_path / "two.csv", chunk_rows=64)

    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()


def test_a_header_alone_gives_a_header_alone(annotate: Annotate, tmp_path: Path) -> None:
    source = written(tmp_path / "in.csv", "name,zip")

    report = annotate(source, tmp_path / "out.csv")

    assert (tmp_path / "out.csv").read_text() == f"name,zip,{HEAD}\n"
    assert report.rows == 0


def test_another_encoding_is_read_when_it_is_named_and_written_as_utf_8(
    annotate: Annotate, tmp_path: Path
) -> None:
    source = written(tmp_path / "in.csv", "name,zip\nCafé,37203\n".encode("latin-1"))

    annotate(source, tmp_path / "out.csv", encoding="latin-1")

    assert rows_of(tmp_path / "out.csv")[0]["name"] == "Café"


def test_a_delimiter_is_taken_when_it_is_named(annotate: Annotate, tmp_path: Path) -> None:
    source = written(tmp_path / "in.csv", "a,b;zip\n1,2;37203\n")

    annotate(source, tmp_path / "out.csv", delimiter=";")

    (row,) = rows_of(tmp_path / "out.csv", ";")
    assert (row["a,b"], row["governed_by"]) == ("1,2", "US-TN")


def test_with_a_semicolon_between_cells_lists_of_ids_stand_in_quotes(
    annotate: Annotate, tmp_path: Path
) -> None:
    annotate(written(tmp_path / "in.csv", "lat;lon\n36.16;-86.78\n"), tmp_path / "out.csv")

    (row,) = rows_of(tmp_path / "out.csv", ";")
    assert row["jurisdictions"] == "US;US-TN;US-TN-davidson-county"
    assert None not in row


BYTE = "line 3: is not in UTF-8 (byte 0xe9); say what it is in, for instance --encoding latin-1"
DAMAGED = {
    "empty": (b"", "is empty"),
    "blank": (b"\n\n\n", "is empty"),
    "latin-1": ("zip,name\n37203,ok\n37203,Café\n".encode("latin-1"), BYTE),
    "latin-1 header": ("zip,Straße\n".encode("latin-1"), "line 1: is not in UTF-8"),
    "UTF-16": ("zip\n37203\n".encode("utf-16"), "is in UTF-16"),
    "a quote that never closes": (b'zip,n\n37203,a\n37203,"b\n37203,c\n', "line 3: a quote opens"),
    "a quote that never closes in the last line": (b'zip,name\n37203,"b', "line 2: a quote opens"),
    "old line ends": (b"zip,name\r37203,a\r37203,b\r", "line 1: has a carriage return"),
}  # fmt: skip


@pytest.mark.parametrize("what", DAMAGED)
def test_a_damaged_file_is_told_with_its_line_and_nothing_is_written(
    annotate: Annotate, tmp_path: Path, what: str
) -> None:
    content, said = DAMAGED[what]
    source = written(tmp_path / "in.csv", content)

    with pytest.raises(DataProblem) as problem:
        annotate(source, tmp_path / "out.csv", delimiter=",")

    assert said in str(problem.value)
    assert str(source) in str(problem.value)
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("cut", [3, 15, 200])
def test_a_gzipped_file_that_is_cut_off_or_none_is_told(
    annotate: Annotate, tmp_path: Path, cut: int
) -> None:
    packed = gzip.compress(b"zip\n" + b"".join(b"%05d\n" % n for n in range(2000)))
    source = written(tmp_path / "in.csv.gz", packed[:cut])

    with pytest.raises(DataProblem, match="is not a whole gzip file"):
        annotate(source, tmp_path / "out.csv")
    with pytest.raises(DataProblem, match="is not a whole gzip file"):
        annotate(written(source, b"zip\n37203\n"), tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_a_line_without_an_end_is_not_taken_into_memory(
    annotate: Annotate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regmap.services.annotate.csv_files._LONGEST_LINE", 1000)
    long_line = written(tmp_path / "in.csv", "zip\n" + "1" * 5000)
    long_cell = written(tmp_path / "two.csv", 'zip\n"' + "1\n" * 5000)

    with pytest.raises(DataProblem, match="line 2: is longer than"):
        annotate(long_line, tmp_path / "out.csv")
    with pytest.raises(DataProblem, match=r"line 2: a cell is longer than .* never closes"):
        annotate(long_cell, tmp_path / "out.csv")


WRONG = [
    ("zip,zip\n", {}, "columns", "more than once: 'zip'"),
    ("a,b\n", {}, "columns", "there are 'a', 'b'"),
    ("zip,status\n", {}, "--prefix", "'status'"),
    ("zip;a,b\n", {}, "--delimiter", "',' or ';'"),
    ("zip\n", {"delimiter": "ab"}, "--delimiter", "not one plain character"),
    ("zip\n", {"delimiter": '"'}, "--delimiter", "not one plain character"),
    ("zip\n", {"encoding": "klingon"}, "--encoding", "No encoding"),
    ("zip\n", {"encoding": "utf-16"}, "--encoding", "turn the file into UTF-8"),
    ("zip\n", {"on": "2026-13-01"}, "--on", "not a day"),
    ("zip\n", {"substance": "tea"}, "substance", "none of kratom, 7-oh"),
]


@pytest.mark.parametrize(("text", "options", "field", "said"), WRONG, ids=str)
def test_wrong_use_names_the_option_and_writes_nothing(
    annotate: Annotate,
    tmp_path: Path,
    text: str,
    options: dict[str, str],
    field: str,
    said: str,
) -> None:
    source = written(tmp_path / "in.csv", text)

    with pytest.raises(InvalidValue) as wrong:
        annotate(source, tmp_path / "out.csv", **options)

    assert list(wrong.value.errors) == [field]
    assert said in wrong.value.errors[field][0]
    assert list(tmp_path.iterdir()) == [source]


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@given(st.lists(CELLS, min_size=2, max_size=5), st.sampled_from(",;\t|"))
def test_a_quoted_cell_is_read_as_it_was(cells: list[str], delimiter: str) -> None:
    record = delimiter.join(quoted(cell, delimiter) for cell in cells)

    lines = io.StringIO(record + "\n", newline="")
    assert next(csv.reader(lines, delimiter=delimiter)) == cells
    assert is_whole(record, delimiter)


@given(CELLS, st.sampled_from(",;\t|"))
def test_a_record_that_ends_in_quotes_is_not_whole(cell: str, delimiter: str) -> None:
    assert not is_whole(f'a{delimiter}"' + cell.replace('"', '""'), delimiter)


def test_the_delimiter_that_makes_most_cells_is_taken() -> None:
    assert sniffed("a,b;c,d") == ","
    assert sniffed("zip") == ","
    assert sniffed('"a;b;c;d"\tb') == "\t"
    with pytest.raises(InvalidValue, match="--delimiter"):
        sniffed("a,b|c")
