"""Files that people hand over: records, tables to annotate, filed receipts."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from regmap.domain.errors import DataProblem, InvalidValue
from regmap.release import yaml_files
from regmap.release.files import file_text, read_release
from regmap.services.annotate.running import Options, annotate_file
from regmap.services.receipt_files import check_file
from regmap.services.receipts import Check, Receipts, canonical
from tests.cli.test_receipts import KEY as RECEIPT_KEY
from tests.cli.test_receipts import filed
from tests.fuzz.structures import altered, altered_json, edited, json_bytes
from tests.fuzz.target import Run, Target, World
from tests.served import DATA

TODAY = date(2026, 11, 23)


# --- Record files. ------------------------------------------------------------------------------


def _yaml(world: World) -> Run:
    folder = world.scratch() / "records"
    snapshot = world.services.snapshot
    known = snapshot.geography.atlas.jurisdictions
    file = folder / "US" / "US-TN.yaml"
    file.parent.mkdir(parents=True)

    def run(data: bytes) -> str:
        file.write_bytes(data)
        release = read_release(folder, snapshot.substances, known, TODAY)
        if release.problems:
            assert all(one.line >= 1 and one.message for one in release.problems)
            return " ".join(sorted({one.message[:12] for one in release.problems}))
        [itself] = release.jurisdictions.values()
        text = file_text(itself, release.records.values())
        file.write_text(text, encoding="utf-8")
        again = read_release(folder, snapshot.substances, known, TODAY)
        assert (again.jurisdictions, again.records) == (release.jurisdictions, release.records)
        return "good"

    return run


@lru_cache(1)
def _record_files() -> list[bytes]:
    names = ("US/US-TN.yaml", "TH.yaml", "US/MS/US-MS-columbus.yaml", "US/US-AL.yaml")
    return [(DATA / "records" / name).read_bytes() for name in names]


def _record_shapes() -> st.SearchStrategy[bytes]:
    documents = [yaml_files.read(text.decode()).value for text in _record_files()]
    return altered(documents).map(_as_yaml)


def _as_yaml(document: Any) -> bytes:
    try:
        return yaml_files.write(document).encode("utf-8", "surrogatepass")
    except Exception:  # what YAML has no word for: JSON is YAML too
        return json_bytes(document)


_YAML_WORDS = (
    b"&a ", b"*a", b"!!python/object:os.system ", b"!!binary ", b"<<: ", b"? ", b": ", b"- ",
    b"|\n", b">-\n", b"---\n", b"...\n", b"%YAML 1.1\n", b"# ", b"'", b'"', b"~", b"null", b"NO",
    b"0o17", b"kratom", b"periods:", b"status: ", b"prohibited", b"from: ", b"'2019'", b".nan",
    b"\t",
)  # fmt: skip


# --- Tables to annotate. ------------------------------------------------------------------------


def _annotating(ending: Callable[[bytes], str]) -> Callable[[World], Run]:
    def opened(world: World) -> Run:
        folder = world.scratch()

        def run(data: bytes) -> str:
            name = ending(data)
            source = folder / f"in{name}"
            target = folder / f"out{name.removesuffix('.gz')}"
            source.write_bytes(data)
            try:
                report = annotate_file(source, target, Options(chunk_rows=64), world.settings)
            except (InvalidValue, DataProblem) as error:
                assert not target.exists()
                return f"{type(error).__name__} {str(error)[-12:]}"
            finally:
                source.unlink()
                for left in (target, Path(f"{target}.part"), Path(f"{target}.journal")):
                    last = left.read_bytes() if left == target and left.exists() else b""
                    left.unlink(missing_ok=True)
                    assert left != target or not last or b"status" in last or b"s\0" in last
            assert 0 <= report.bad_rows <= report.rows
            return " ".join(sorted(report.faults))

        return run

    return opened


_CSV_SEEDS = [
    b"id,lat,lon\r\n1,33.5,-86.8\r\n2,,\r\n3,91,0\r\n4,13.7,100.5\r\n",
    b'name;zip\n"A ""b""";35203\n"two\nlines";02134\nX;99999\n',
    "\ufeffjurisdiction\tnote\nUS-TN\té\nTH\t\n".encode(),
    "lat,lng\n１,2\n1e3,4\n-33.9,151.2,extra\n".encode("utf-16"),
    gzip.compress(b"zip\n35203\n37402\n" * 50),
]
_CELLS = [
    "33.5", "-86.8", "", " ", "91", "nan", "35203", "02134-1234", "US-TN", "TH", "1e3", "−33",
    "a\nb", 'q"q', "x" * 5000, "\x00", "é", "🌿", "=1+1", "1,5", "null",
]  # fmt: skip


@st.composite
def _tables(draw: st.DrawFn) -> bytes:
    """A table as text: columns that tell of places, rows that fit them or do not."""
    delimiter = draw(st.sampled_from([",", ";", "\t", "|", " "]))
    quote = draw(st.sampled_from(['"', '"', "'", ""]))
    names = draw(
        st.lists(
            st.sampled_from(["lat", "lon", "lng", "zip", "jurisdiction", "id", "LAT", "", "status"])
            | st.text(max_size=4),
            max_size=5,
        )
    )
    cell = st.sampled_from(_CELLS) | st.text(max_size=6)
    rows = draw(st.lists(st.lists(cell, max_size=6), max_size=12))
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))

    def written(cells: list[str]) -> str:
        return delimiter.join(
            quote + one.replace(quote, 2 * quote) + quote if quote else one for one in cells
        )

    text = end.join(map(written, [names, *rows]))
    encoding = draw(st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "utf-16", "latin-1"]))
    data = text.encode(encoding, "replace")
    return gzip.compress(data) if draw(st.integers(0, 9)) == 0 else data


_COLUMNS: Mapping[str, Callable[[], pa.Array]] = {
    "double": lambda: pa.array([33.5, None, float("nan"), 91.0]),
    "single": lambda: pa.array([33.5, -86.8, 0.0, None], pa.float32()),
    "whole": lambda: pa.array([1, -1, None, 2**62]),
    "text": lambda: pa.array(["35203", "US-TN", None, "x"]),
    "large": lambda: pa.array(["33.5", "", "nan", None], pa.large_string()),
    "codes": lambda: pa.array(["35203", "TH", "35203", None]).dictionary_encode(),
    "bytes": lambda: pa.array([b"\xff", b"35203", None, b""]),
    "decimal": lambda: pa.array([1, 2, None, 4]).cast(pa.decimal128(25, 2)),
    "nothing": lambda: pa.nulls(4),
    "yes": lambda: pa.array([True, False, None, True]),
    "lists": lambda: pa.array([[1], [], None, [2, 3]]),
    "parts": lambda: pa.array([{"lat": 1}, None, {"lat": 2}, {"lat": 3}]),
    "days": lambda: pa.array([1, 2, None, 4], pa.timestamp("us")),
    "halves": lambda: pa.array([1, 2, 3, 4]).cast(pa.float16()),
}
_NAMES = ["lat", "lon", "zip", "jurisdiction", "status", "geometry", "id", "", "é"]


@st.composite
def _parquet_tables(draw: st.DrawFn) -> bytes:
    """A table of columns of any type; now and then a few of its bytes are others."""
    names = draw(st.lists(st.sampled_from(_NAMES), max_size=4))
    kinds = [draw(st.sampled_from(sorted(_COLUMNS))) for _ in names]
    table = pa.table([_COLUMNS[kind]() for kind in kinds], names=names)
    out = io.BytesIO()
    packing = draw(st.sampled_from(["snappy", "none", "gzip", "zstd"]))
    pq.write_table(table, out, compression=packing, row_group_size=draw(st.sampled_from([1, 3, 9])))
    data = out.getvalue()
    return draw(edited([data])) if draw(st.booleans()) else data


@lru_cache(1)
def _parquet_seeds() -> list[bytes]:
    found = []
    for names, kinds in (
        (["id", "lat", "lon"], ["whole", "double", "single"]),
        (["zip", "x"], ["text", "lists"]),
        (["jurisdiction"], ["codes"]),
    ):
        out = io.BytesIO()
        table = pa.table([_COLUMNS[kind]() for kind in kinds], names=names)
        pq.write_table(table, out, compression="none")
        found.append(out.getvalue())
    return found


# --- Receipts. ----------------------------------------------------------------------------------


class _Watched(Receipts):
    """Vouches for nothing that it did not sign."""

    genuine = frozenset(canonical({**one, "receipt": None}) for one in filed(3))

    def verify_item(self, item: Mapping[str, Any]) -> Check:
        check = super().verify_item(item)
        if check.valid:
            assert canonical({**item, "receipt": None}) in self.genuine
        return check


def _receipts(world: World) -> Run:
    file = world.scratch() / "verdicts.json"
    receipts = _Watched(RECEIPT_KEY)

    def run(data: bytes) -> str:
        file.write_bytes(data)
        try:
            report = check_file(file, receipts)
        except DataProblem as error:
            return str(error)[-12:]
        assert report.checked >= report.valid
        return f"{report.valid} {sorted(report.by_problem)}"

    return run


@lru_cache(1)
def _filed() -> list[Any]:
    items = filed(3)
    return [{"items": items, "data_version": "1-abc"}, items, items[0]]


def _receipt_seeds() -> list[bytes]:
    lines = b"\n".join(json_bytes(item) for item in _filed()[1])
    return [*map(json_bytes, _filed()), lines, json.dumps(_filed()[0], indent=1).encode()]


TARGETS = (
    Target("yaml", _yaml, _record_files, _record_shapes, _YAML_WORDS),
    Target(
        "csv",
        _annotating(lambda data: ".csv.gz" if data.startswith(b"\x1f\x8b") else ".csv"),
        lambda: _CSV_SEEDS,
        _tables,
        (b",", b";", b"\t", b'"', b"\r\n", b"lat", b"lon", b"zip", b"jurisdiction", b"35203"),
    ),
    Target(
        "parquet",
        _annotating(lambda data: ".parquet"),
        _parquet_seeds,
        _parquet_tables,
        (b"PAR1", b"PARE", b"lat", b"lon", b"\x15\x04", b"\x19\x3c"),
    ),
    Target(
        "receipts",
        _receipts,
        _receipt_seeds,
        lambda: altered_json(_filed()),
        (b'"receipt"', b'"question"', b'"items"', b"null", b",", b"\n", b"."),
    ),
)
