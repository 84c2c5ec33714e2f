"""The file that holds a whole store: gzip of JSON Lines, sealed by its last line.

The first line says what it is, then comes one line for each row, table by table in the order of
their keys, and the last line has their counts and a SHA-256 over all lines before. Reading takes
as much memory as one line, and nothing that a stranger made can take more.
"""

import gzip
import hashlib
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, NoReturn

from regmap.domain.errors import DataProblem
from regmap.store.revisions import canonical, timestamp

FORMAT = "regmap-backup"
LONGEST_LINE = 16 << 20
"""In bytes; the largest row of a store is a hundredth of it."""

MOST_PACKED = 250
"""How many times its packed size a backup may unpack to, from ``ALWAYS_UNPACKED`` on."""

ALWAYS_UNPACKED = 64 << 20
"""What any backup may unpack to, in bytes."""

_VERSION = 1  # raise it when the lines look different
_LEVEL = 6
_NAME = re.compile(r"[a-z_]{1,40}")


@dataclass(frozen=True, slots=True)
class Header:
    """What a backup is of.

    :param tables_version: the version of the tables that its rows are from.
    :param data_version: the data version of the store at that moment.
    :param made_at: that moment.
    :param tables: in the order in which their rows come.
    """

    tables_version: str
    data_version: str
    made_at: datetime
    tables: tuple[str, ...]


class BackupWriter:
    """Writes a backup into an open file, line by line."""

    def __init__(self, raw: BinaryIO, header: Header) -> None:
        # neither name nor time: the same store gives the same bytes
        self._packed = gzip.GzipFile("", "wb", _LEVEL, raw, mtime=0)
        self._digest = hashlib.sha256()
        self.counts = dict.fromkeys(header.tables, 0)
        self._line(
            {
                "format": FORMAT,
                "format_version": _VERSION,
                "tables_version": header.tables_version,
                "data_version": header.data_version,
                "made_at": timestamp(header.made_at),
                "tables": list(header.tables),
            }
        )

    def add(self, table: str, row: Mapping[str, Any]) -> None:
        """Write a row."""
        self.counts[table] += 1
        self._line({"table": table, "row": row})

    def finish(self) -> None:
        """Write the last line; the file itself stays open."""
        self._line({"rows": self.counts, "sha256": self._digest.hexdigest()})
        self._packed.close()

    def _line(self, said: Mapping[str, Any]) -> None:
        line = canonical(said).encode() + b"\n"
        self._digest.update(line)
        self._packed.write(line)


class BackupReader:
    """Reads a backup from an open file, and trusts nothing in it.

    :param name: what the file is called in messages.
    :raises DataProblem: if it does not begin as a backup does.
    """

    def __init__(self, raw: BinaryIO, name: str) -> None:
        self._name = name
        self._raw = raw
        self._packed = gzip.GzipFile(fileobj=raw, mode="rb")
        self._digest = hashlib.sha256()
        self._unpacked = 0
        self._number = 0
        self.header = self._header()
        self.counts = dict.fromkeys(self.header.tables, 0)

    def rows(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every row with the name of its table; after the last one, that they are all.

        :raises DataProblem: with the line that is wrong.
        """
        order = {name: place for place, name in enumerate(self.header.tables)}
        at = 0
        while True:
            before = self._digest.hexdigest()
            said = self._said()
            if said.keys() == {"rows", "sha256"}:
                self._end(said, before)
                return
            table, row = said.get("table"), said.get("row")
            if said.keys() != {"table", "row"} or not isinstance(row, dict):
                self.refuse("is neither a row nor the last line of a backup")
            if not isinstance(table, str) or table not in order:
                self.refuse("is a row of a table that the first line does not name")
            if order[table] < at:
                self.refuse(f"is a row of {table} after those of another table")
            at = order[table]
            self.counts[table] += 1
            yield table, row

    def refuse(self, reason: str) -> NoReturn:
        """Give up at the present line.

        :raises DataProblem: always.
        """
        raise DataProblem(f"{self._name}:{self._number}: {reason}")

    def _header(self) -> Header:
        said = self._said()
        if said.get("format") != FORMAT:
            self.refuse("is not the first line of a backup of regmap")
        if said.get("format_version") != _VERSION:
            self.refuse(
                f"is of a backup in another format than {_VERSION}: this regmap does not read it,"
                " a newer one may"
            )
        version, data = said.get("tables_version"), said.get("data_version")
        made_at, tables = said.get("made_at"), said.get("tables")
        if not (isinstance(version, str) and isinstance(data, str) and isinstance(made_at, str)):
            self.refuse("does not say what the backup is of")
        if not isinstance(tables, list) or not _are_names(tables):
            self.refuse("does not say which tables it has")
        try:
            moment = datetime.fromisoformat(made_at)
        except ValueError:
            self.refuse("does not say when the backup was made")
        return Header(version, data, moment, tuple(tables))

    def _end(self, said: Mapping[str, Any], digest: str) -> None:
        if said["rows"] != self.counts:
            self.refuse(f"counts other rows than there are: {_counted(self.counts)}")
        if said["sha256"] != digest:
            self.refuse("the lines before were changed: their SHA-256 is another one")
        if self._line():
            self.refuse("comes after the last line of the backup")

    def _said(self) -> dict[str, Any]:
        line = self._line()
        if not line:
            self.refuse("is missing: the backup ends too early")
        if not line.endswith(b"\n"):
            self.refuse("ends too early")
        self._digest.update(line)
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            self.refuse("is not a JSON object")
        return said

    def _line(self) -> bytes:
        self._number += 1
        try:
            line = self._packed.readline(LONGEST_LINE + 1)
        except EOFError:
            self.refuse("the file ends too early")
        except (OSError, zlib.error) as error:
            self.refuse(f"the file is not a whole gzip file ({error})")
        if len(line) > LONGEST_LINE:
            self.refuse(f"is longer than {LONGEST_LINE >> 20} MiB")
        self._unpacked += len(line)
        if self._unpacked > max(ALWAYS_UNPACKED, MOST_PACKED * self._raw.tell()):
            self.refuse(f"the file unpacks to more than {MOST_PACKED} times its size")
        return line


def _are_names(tables: list[Any]) -> bool:
    are_plain = all(isinstance(one, str) and _NAME.fullmatch(one) for one in tables)
    return are_plain and len(set(tables)) == len(tables)


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} in {table}" for table, count in counts.items())
