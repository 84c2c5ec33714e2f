"""The fuzzing itself: what crashes, hangs or is wrong is found, made short and kept."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz import running, target
from tests.fuzz.mutating import Mutator
from tests.fuzz.running import tried_for, tried_in_the_suite
from tests.fuzz.structures import altered, json_bytes, query_strings
from tests.fuzz.target import Hang, Pool, Run, Target, in_time


@pytest.fixture(autouse=True)
def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where these findings are kept."""
    monkeypatch.setattr(running, "CASES", tmp_path)
    monkeypatch.setattr(target, "CASES", tmp_path)
    return tmp_path


def fuzzer(run: Run, seeds: Sequence[bytes] = (b"a long beginning",)) -> Target:
    """A fuzzer of a function; its inputs by structure are fine."""
    return Target("own", lambda world: run, lambda: list(seeds), lambda: st.just(b"fine"))


def fails_over_an_x(data: bytes) -> str:
    if b"x" in data:
        raise ZeroDivisionError
    return "good"


def test_an_input_that_fails_is_found_made_short_and_kept(cases: Path) -> None:
    broken = fuzzer(fails_over_an_x, [b"some text with an x in it", b"and one without"])

    tally = tried_for(0.5, broken, fails_over_an_x, 0, lambda data: None)

    [finding] = tally.findings
    assert finding.data == b"x"
    assert "ZeroDivisionError" in finding.error
    assert [one.read_bytes() for one in broken.cases] == [b"x"]
    assert broken.cases[0].parent == cases / "own"


def test_in_the_suite_the_first_that_fails_is_raised_with_its_input() -> None:
    broken = fuzzer(fails_over_an_x, [b"x"])

    with pytest.raises(ZeroDivisionError) as raised:
        tried_in_the_suite(broken, fails_over_an_x)

    assert "the input is" in raised.value.__notes__[0]


def test_what_takes_too_long_is_a_finding_whatever_it_catches() -> None:
    def stubborn() -> None:
        while True:
            try:
                time.sleep(0.01)
            except Exception:  # as some code does
                continue

    with pytest.raises(Hang), in_time(0.02):
        stubborn()


def test_an_input_from_which_something_new_comes_is_changed_further() -> None:
    pool = Pool([b"old"])
    for data, outcome in ((b"1", "a"), (b"2", "a"), (b"3", None), (b"4", "b")):
        pool.note(data, outcome)

    assert pool.inputs == [b"old", b"1", b"4"]


@given(st.integers(0, 2**32), st.lists(st.binary(max_size=50), min_size=1, max_size=3))
def test_changing_bytes_gives_the_same_for_the_same_seed(number: int, pool: list[bytes]) -> None:
    one, other = Mutator(number, (b"word",), 100), Mutator(number, (b"word",), 100)

    made = [one.changed(pool) for _ in range(5)]

    assert made == [other.changed(pool) for _ in range(5)]
    assert all(len(data) <= 100 for data in made)


@given(altered([{"a": [1, {"b": None}], "c": "text"}]), query_strings({"lat": ("1", "2")}))
def test_inputs_by_structure_can_always_be_written(document: object, query: bytes) -> None:
    assert json_bytes(document)
    assert query.isascii()
