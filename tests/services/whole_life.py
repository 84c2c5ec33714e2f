"""What a data set must say after anything that was done to it: a plain model that forgets nothing.

It knows no SQL, no files and no transactions.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from regmap.domain.corrections import EventKind, State
from regmap.domain.records import Record
from tests.builders import a_period, a_record

Key = tuple[str, str]
Said = tuple[str, int]
"""What a record says: the status of its one period, and a number that tells it from others."""

COUNTRY: Key = ("US", "kratom")
STATE: Key = ("US-VA", "kratom")
EXTRACT: Key = ("US-VA", "7-oh")
OTHER: Key = ("US-TN", "kratom")
RECORDS = (COUNTRY, STATE, EXTRACT, OTHER)
STRICTEST_FIRST = ("prohibited", "regulated", "unregulated")


def record_saying(key: Key, said: Said) -> Record:
    """The record that says it."""
    status, number = said
    period = a_period(status, "2020-05")
    return a_record(key[0], period, substance=key[1], note=f"Edition {number}.")


def said_by(record: Record | None) -> Said | None:
    """What a record says."""
    if record is None:
        return None
    [period] = record.periods
    assert record.note is not None
    return period.status.value, int(record.note.removeprefix("Edition ").removesuffix("."))


# --- The plain model. ---------------------------------------------------------------------------


@dataclass
class Handed:
    """A correction as the model knows it; ``at`` is its place in the history of its record."""

    key: Key
    secret: str
    contact: str
    proposed: Said | None
    base: Said | None
    address: str
    state: State = State.PENDING
    kinds: list[EventKind] = field(default_factory=lambda: [EventKind.SUBMITTED])
    at: int = 0

    def do(self, state: State, kind: EventKind) -> None:
        self.state = state
        self.kinds.append(kind)


@dataclass
class Model:
    """Everything that was ever said, in dictionaries and lists."""

    here: dict[Key, Said] = field(default_factory=dict)
    heard: dict[Key, Said] = field(default_factory=dict)
    made_here: dict[Key, set[Said | None]] = field(
        default_factory=lambda: {key: set() for key in RECORDS}
    )
    history: dict[Key, list[Said | None]] = field(
        default_factory=lambda: {key: [] for key in RECORDS}
    )
    handed: dict[str, Handed] = field(default_factory=dict)
    moments: list[tuple[datetime, dict[Key, Said]]] = field(default_factory=list)
    rows: list[tuple[int, str]] = field(default_factory=list)

    def write(self, key: Key, said: Said | None, now: datetime) -> None:
        """A record says something else from now on."""
        self.history[key].append(said)
        if said is None:
            self.here.pop(key, None)
        else:
            self.here[key] = said
        self.moments.append((now, dict(self.here)))

    def correct(self, key: Key, said: Said | None, now: datetime) -> None:
        """The same, by a correction or by taking one back."""
        self.write(key, said, now)
        self.made_here[key].add(said)

    def load(
        self, files: dict[Key, Said], forced: Key | None, conflicts: set[Key], now: datetime
    ) -> None:
        """What a release makes of it: nothing that was corrected here is lost."""
        for key in RECORDS:
            wanted, here, heard = files.get(key), self.here.get(key), self.heard.get(key)
            if key in conflicts:
                assert key != forced
                assert wanted not in (here, heard)
                assert here != heard or wanted in self.made_here[key], "nobody corrected it"
                continue
            if wanted != here and (key == forced or here == heard):
                self.write(key, wanted, now)
            elif wanted not in (here, heard):
                assert wanted in self.made_here[key], "a conflict that is not told"
            if wanted is None:
                self.heard.pop(key, None)
            else:
                self.heard[key] = wanted

    def status_of(self, key: Key) -> str:
        """Which status holds: the strictest of country and state, 7-OH like kratom by default."""
        jurisdiction, substance = key
        layers = [self._layer(one, substance) for one in dict.fromkeys(("US", jurisdiction))]
        return min((one for one in layers if one), key=STRICTEST_FIRST.index)

    def _layer(self, jurisdiction: str, substance: str) -> str | None:
        said = self.here.get((jurisdiction, substance)) or self.here.get((jurisdiction, "kratom"))
        return said[0] if said else None


def rows_of(file: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of a store, by table."""
    connection = sqlite3.connect(file)
    try:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr)
            for (name,) in names
            if name != "sqlite_sequence"
        }
    finally:
        connection.close()
