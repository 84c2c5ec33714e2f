"""Arrays come out of the file as they went in, or are made again."""

import multiprocessing
from multiprocessing.synchronize import Barrier
from pathlib import Path

import numpy as np
import pytest

from regmap.geo.kept_arrays import Arrays, kept_arrays

ARRAYS: Arrays = {
    "whole": np.arange(1000, dtype=np.int32),
    "pairs": np.arange(20, dtype=np.float64).reshape(-1, 2),
    "none": np.empty((0, 4), dtype=np.int16),
}


def never() -> Arrays:
    raise AssertionError("is kept already")


def same(arrays: Arrays) -> bool:
    return {*arrays} == {*ARRAYS} and all(
        np.array_equal(arrays[name], ARRAYS[name])
        and arrays[name].dtype == ARRAYS[name].dtype
        and arrays[name].shape == ARRAYS[name].shape
        for name in ARRAYS
    )


def test_what_was_built_once_is_not_built_again(tmp_path: Path) -> None:
    file = tmp_path / "new" / "arrays.bin"

    assert same(kept_arrays(file, lambda: ARRAYS))
    assert same(kept_arrays(file, never))


def test_without_a_place_to_keep_them_they_are_built() -> None:
    assert same(kept_arrays(None, lambda: ARRAYS))


def test_what_is_mapped_cannot_be_written_to(tmp_path: Path) -> None:
    arrays = kept_arrays(tmp_path / "arrays.bin", lambda: ARRAYS)

    with pytest.raises(ValueError, match="read-only"):
        arrays["whole"][0] = 1


def damaged(content: bytes) -> dict[str, bytes]:
    flipped = bytearray(content)
    flipped[-100] ^= 1
    return {
        "empty": b"",
        "cut in the middle": content[: len(content) // 2],
        "one byte short": content[:-1],
        "one byte long": content + b"x",
        "one bit flipped": bytes(flipped),
        "another file": b"PK" + bytes(5000),
        "text": b"hello\n" * 100,
        "a head of the wrong kind": (2).to_bytes(8, "little") + b"[]",
        "a head without arrays": (2).to_bytes(8, "little") + b"{}",
    }


@pytest.mark.parametrize("how", damaged(bytes(200)))
def test_a_damaged_file_is_made_again(tmp_path: Path, how: str) -> None:
    file = tmp_path / "arrays.bin"
    kept_arrays(file, lambda: ARRAYS)
    whole = file.read_bytes()
    file.write_bytes(damaged(whole)[how])

    assert same(kept_arrays(file, lambda: ARRAYS))
    assert file.read_bytes() == whole


def test_a_place_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")

    assert same(kept_arrays(blocked / "arrays.bin", lambda: ARRAYS))


def _build(file: Path, together: Barrier, results: Path) -> None:
    def build() -> Arrays:
        together.wait(30)  # both have found nothing
        return ARRAYS

    results.write_text(str(same(kept_arrays(file, build))))


def test_two_processes_that_build_at_once_both_end_well(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    together = context.Barrier(2)
    file, results = tmp_path / "arrays.bin", [tmp_path / "first", tmp_path / "second"]
    processes = [
        context.Process(target=_build, args=(file, together, result)) for result in results
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)

    assert [result.read_text() for result in results] == ["True", "True"]
    assert same(kept_arrays(file, never))
    assert [one.name for one in tmp_path.glob(".*")] == []
