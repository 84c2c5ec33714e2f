"""Each fuzzer in a process of its own: one that dies, or never comes back, is a finding too.

The input that it was at is known from a file that both map into memory.
"""

from __future__ import annotations

import logging
import mmap
import multiprocessing
import os
import resource
import shutil
import time
import warnings
from multiprocessing.connection import Connection
from pathlib import Path

from tests.fuzz.running import Finding, Tally, keep, tried_for
from tests.fuzz.target import HANG_SECONDS, World

_LENGTH = 8  # bytes in front of the input: how long it is
_ROOM = 16 << 20
_LOST_SECONDS = 20 * HANG_SECONDS  # an input may hang, but not for this long
_OPENING_SECONDS = 120
_MEMORY = 6 << 30  # bytes of addresses; the boundaries are mapped too
_MOST_LOST = 3
_SPAWN = multiprocessing.get_context("spawn")


def prepare(folder: Path) -> None:
    """Make what all fuzzers begin with: a cache, and a loaded database."""
    making = _SPAWN.Process(target=_make, args=(folder,))
    making.start()
    making.join()


def _make(folder: Path) -> None:
    from regmap.services.snapshot import open_geography
    from tests.served import DATA, loaded_database

    open_geography(DATA, folder / "cache")
    loaded_database(folder / "regmap.sqlite")


def watched(name: str, folder: Path, seconds: float, seed: int) -> bool:
    """Run one fuzzer, as often as its process is lost; tell what came of it."""
    own = folder / name
    own.mkdir()
    shutil.copy(folder / "regmap.sqlite", own)
    tally, begun, lost = Tally(), time.monotonic(), 0
    while (left := seconds - (time.monotonic() - begun)) > 0 and lost < _MOST_LOST:
        done = _one_process(name, own, left, seed + lost)
        if isinstance(done, Tally):
            tally = done
            break
        tally.findings.append(done)
        lost += 1
    _tell(name, tally)
    return bool(tally.findings)


def _one_process(name: str, own: Path, seconds: float, seed: int) -> Tally | Finding:
    current = own / "current"
    current.write_bytes(bytes(_LENGTH + _ROOM))
    here, there = _SPAWN.Pipe()
    process = _SPAWN.Process(target=_run, args=(name, own, seconds, seed, there))
    process.start()
    there.close()
    with current.open("r+b") as file, mmap.mmap(file.fileno(), 0) as shared:
        seen, since = b"", time.monotonic()
        while process.is_alive() and not here.poll(0.5):
            now = _input_in(shared)
            if now != seen:
                seen, since = now, time.monotonic()
            elif time.monotonic() - since > (_LOST_SECONDS if now else _OPENING_SECONDS):
                process.kill()
        result = _received(here)
        process.join(30)
        if isinstance(result, Tally):
            return result
        data = _input_in(shared)
    keep(name, data)
    return Finding(data, result or f"the process ended with {process.exitcode}", "process")


def _received(here: Connection) -> Tally | str | None:
    try:
        found: Tally | str | None = here.recv() if here.poll(5) else None
    except EOFError:
        return None
    return found


def _input_in(shared: mmap.mmap) -> bytes:
    length = int.from_bytes(shared[:_LENGTH], "little")
    return bytes(shared[_LENGTH : _LENGTH + length])


def _run(name: str, own: Path, seconds: float, seed: int, told: Connection) -> None:
    """In the process of its own: try inputs, and send the tally."""
    from tests.fuzz.targets import TARGETS

    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)  # what the app logs of errors would bury what is found
    target = TARGETS[name]
    with (own / "current").open("r+b") as file, mmap.mmap(file.fileno(), 0) as shared:

        def before(data: bytes) -> None:
            shared[_LENGTH : _LENGTH + len(data)] = data
            shared[:_LENGTH] = len(data).to_bytes(_LENGTH, "little")

        try:
            run = target.open(World(own, own.parent / "cache", own / "regmap.sqlite"))
            told.send(tried_for(seconds, target, run, seed, before))
        except Exception as error:
            told.send(f"the fuzzer itself: {error!r}")
    told.close()
    os._exit(0)


def _tell(name: str, tally: Tally) -> None:
    rate = tally.inputs / tally.seconds if tally.seconds else 0.0
    shown = tally.slowest_input[:48]
    print(
        f"{name:14} {tally.inputs:>9,} inputs {rate:>8,.0f}/s {tally.outcomes:>5} outcomes,"
        f" slowest {tally.slowest:.3f} s ({len(tally.slowest_input)} bytes: {shown!r})"
        f" {'ok' if not tally.findings else f'{len(tally.findings)} FOUND'}",
        flush=True,
    )
    for one in tally.findings:
        print(f"  {one.place}: {one.error[:300]}\n    {one.data[:120]!r}", flush=True)
