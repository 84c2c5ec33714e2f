"""Trying inputs: some hundred in the suite, as many as there is time for on record."""

from __future__ import annotations

import hashlib
import random
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.mutating import Mutator
from tests.fuzz.target import CASES, Hang, Pool, Run, Target, in_time

BATCH = 200
"""How many inputs by structure are tried, before others by bytes for as long."""

_MOST_FINDINGS = 20
_SHORTENING_SECONDS = 20.0


@dataclass
class Finding:
    """An input that failed, and how."""

    data: bytes
    error: str
    place: str
    """Where it was raised: two inputs that fail there are one finding."""


@dataclass
class Tally:
    """What a run of one fuzzer came to."""

    inputs: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    slowest_input: bytes = b""
    outcomes: int = 0
    findings: list[Finding] = field(default_factory=list)


def tried_in_the_suite(target: Target, run: Run) -> Tally:
    """Try some hundred new inputs, the same at every call; the first that fails is raised."""
    tally, pool = Tally(), Pool([*target.seeds()])
    trier = _Trier(target, run, pool, tally, lambda data: None)
    half = max(1, target.inputs // 2)
    trier.by_structure(half, 0)
    mutator = Mutator(0, target.words, target.longest)
    for _ in range(half):
        trier.one(mutator.changed(pool.inputs))
    return tally


def tried_for(
    seconds: float, target: Target, run: Run, start: int, before: Callable[[bytes], None]
) -> Tally:
    """Try as many inputs as there is time for; what fails is kept in ``cases/`` and tried on.

    :param start: other seeds give other inputs.
    :param before: is told each input before it is tried.
    """
    tally, pool = Tally(), Pool([*target.seeds()])
    trier = _Trier(target, run, pool, tally, before)
    numbers = random.Random(start)  # nothing secret
    begun = time.monotonic()
    while (passed := time.monotonic() - begun) < seconds and len(tally.findings) < _MOST_FINDINGS:
        number = numbers.getrandbits(32)
        mutator = Mutator(number, target.words, target.longest)
        batch = time.monotonic()
        trier.guarded(partial(trier.by_structure, BATCH, number, begun + seconds))
        half = min(2 * time.monotonic() - batch, begun + seconds)  # as long again
        trier.guarded(partial(trier.by_bytes, mutator, half))
    tally.seconds, tally.outcomes = passed, len(pool.seen)
    return tally


class _Trier:
    """Tries inputs of one fuzzer, and counts."""

    def __init__(
        self, target: Target, run: Run, pool: Pool, tally: Tally, before: Callable[[bytes], None]
    ) -> None:
        self._target, self._run, self._pool, self._tally = target, run, pool, tally
        self._before = before
        self._last = b""

    def one(self, data: bytes) -> None:
        """Try one input."""
        self._last = data
        self._before(data)
        begun = time.process_time()  # others may be at work here
        try:
            with in_time():
                outcome = self._run(data)
        except (Exception, Hang) as error:
            error.add_note(f"the input is {data!r}")
            raise
        took = time.process_time() - begun
        tally = self._tally
        tally.inputs += 1
        if took > tally.slowest:
            tally.slowest, tally.slowest_input = took, data
        self._pool.note(data, outcome)

    def by_structure(self, count: int, number: int, until: float | None = None) -> None:
        """Try inputs that hypothesis makes; one that fails is made as simple as it can be."""

        @seed(number)
        @settings(
            max_examples=count,
            database=None,
            deadline=None,
            report_multiple_bugs=False,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        @given(self._target.shapes())
        def attempt(data: bytes) -> None:
            if until is None or time.monotonic() < until:
                self.one(data)

        attempt()

    def by_bytes(self, mutator: Mutator, until: float) -> None:
        """Try inputs that are changed byte by byte."""
        while time.monotonic() < until:
            self.one(mutator.changed(self._pool.inputs))

    def guarded(self, work: Callable[[], None]) -> None:
        """Do some work; keep the input that ends it, if that failed anew."""
        try:
            work()
        except (Exception, Hang) as error:
            place = place_of(error)
            if place not in {one.place for one in self._tally.findings}:
                data = self._last if isinstance(error, Hang) else self._shortened(place)
                told = "".join(traceback.format_exception_only(error)).strip()
                self._tally.findings.append(Finding(data, told, place))
                keep(self._target.name, data)

    def _shortened(self, place: str) -> bytes:
        """The failing input with as much taken out as does not matter."""
        data, until = self._last, time.monotonic() + _SHORTENING_SECONDS
        length = len(data) // 2
        while length and time.monotonic() < until:
            at = 0
            while at < len(data) and time.monotonic() < until:
                shorter = data[:at] + data[at + length :]
                if self._fails(shorter, place):
                    data = shorter
                else:
                    at += length
            length //= 2
        return data

    def _fails(self, data: bytes, place: str) -> bool:
        self._before(data)
        try:
            with in_time():
                self._run(data)
        except (Exception, Hang) as error:
            return place_of(error) == place
        return False


def place_of(error: BaseException) -> str:
    """The kind of an error, and the line that raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [one for one in frames if "/regmap/" in one.filename or "/tests/fuzz/" in one.filename]
    last = (ours or list(frames))[-1:]
    return f"{type(error).__name__} at " + "".join(
        f"{Path(one.filename).name}:{one.lineno}" for one in last
    )


def keep(name: str, data: bytes) -> Path:
    """Keep an input as a case: the suite tries it for ever."""
    folder = CASES / name
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / hashlib.sha256(data).hexdigest()[:16]
    file.write_bytes(data)
    return file
