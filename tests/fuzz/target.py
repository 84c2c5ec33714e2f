"""What a fuzzer is: a function of bytes, what to begin with, and where it stands."""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from tests.fuzz.mutating import LONGEST
from tests.served import DATA, KEY, make_app, url_of

if TYPE_CHECKING:
    from flask import Flask

    from regmap.services.bundle import Services
    from regmap.settings import Settings

HANG_SECONDS = 5
"""An input that keeps a processor busy for longer hangs."""

_WAITING = 12  # times as long may an input take that waits: others are at work here, too

CASES = Path(__file__).parent / "cases"


class Hang(BaseException):
    """An input took too long; no handler of errors may take it for one of its own."""


@dataclass
class World:
    """What fuzzers need of regmap: an app on a loaded database that may be written to.

    :param folder: to work in.
    :param cache: what was computed from the boundaries.
    :param database: the file.
    """

    folder: Path
    cache: Path
    database: Path

    @cached_property
    def app(self) -> Flask:
        """The app, without limits of rate."""
        return make_app(self.database, self.cache)

    @cached_property
    def curated(self) -> Flask:
        """An app on the same database with two curators, ada (an admin) and bob."""
        from tests.web.reviewing import app_with_curators

        return app_with_curators(self.database, self.cache)

    def scratch(self) -> Path:
        """An empty folder to work in."""
        return Path(tempfile.mkdtemp(dir=self.folder))

    @cached_property
    def services(self) -> Services:
        """What it answers from."""
        from regmap.http.context import source_of

        return source_of(self.app).current()

    @cached_property
    def settings(self) -> Settings:
        """The same installation, for commands."""
        from regmap.settings import Settings

        return Settings(
            database_url=url_of(self.database),
            cache_dir=self.cache,
            data_dir=DATA,
            boundaries_dir=self.folder / "none",
            secret_key=KEY,
        )


Run = Callable[[bytes], object]
"""Takes an input; gives what came of it, in a word.

Every error that is documented is dealt with inside; whatever is raised is a finding.
"""


@dataclass(frozen=True)
class Target:
    """One fuzzer.

    :param open: makes the function in a world.
    :param seeds: good inputs, from real files where there are any.
    :param shapes: inputs by their structure, the good ones among them.
    :param words: what means something in the format.
    :param inputs: how many new ones the suite tries.
    """

    name: str
    open: Callable[[World], Run]
    seeds: Callable[[], list[bytes]]
    shapes: Callable[[], st.SearchStrategy[bytes]]
    words: tuple[bytes, ...] = ()
    inputs: int = 200
    longest: int = LONGEST

    @property
    def cases(self) -> list[Path]:
        """The inputs that failed once."""
        folder = CASES / self.name
        return sorted(folder.iterdir()) if folder.is_dir() else []


@dataclass
class Pool:
    """Inputs worth changing further: those from which something new came."""

    inputs: list[bytes]
    seen: set[object] = field(default_factory=set)

    def note(self, data: bytes, outcome: object) -> None:
        """Keep an input if nothing like it came before."""
        if outcome is not None and outcome not in self.seen and len(self.inputs) < 1_000:
            self.seen.add(outcome)
            self.inputs.append(data)


@contextmanager
def in_time(seconds: float = HANG_SECONDS) -> Iterator[None]:
    """Raise :class:`Hang` in the main thread if what is done takes longer."""

    def ring(*_: Any) -> None:
        raise Hang(f"took more than {seconds} s")

    clocks = {signal.ITIMER_PROF: signal.SIGPROF, signal.ITIMER_REAL: signal.SIGALRM}
    before = {rung: signal.signal(rung, ring) for rung in clocks.values()}
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, _WAITING * seconds)
    try:
        yield
    finally:
        for clock, rung in clocks.items():
            signal.setitimer(clock, 0)
            signal.signal(rung, before[rung])
