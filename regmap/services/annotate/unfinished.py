"""A file while it is made, and how a stopped run goes on in it.

Beside ``OUT`` stand ``OUT.part``, what is written so far, and ``OUT.journal``, which says how much
of it is whole and of what. Only the finished file takes the place of ``OUT``.
"""

import fcntl
import os
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import IO, Any

import orjson

from regmap.domain.errors import DataProblem, InvalidValue
from regmap.files import put_whole

_FORMAT = 1


@dataclass(slots=True)
class Progress:
    """How far a run has come.

    ``read_to``: where in the input it goes on; ``ends``: where in the output the head and each
    chunk end; ``faults``: bad rows by kind.
    """

    rows: int = 0
    read_to: int = 0
    ends: list[int] = field(default_factory=list)
    faults: dict[str, int] = field(default_factory=dict)

    def add(self, rows: int, read_to: int, end: int, faults: Mapping[str, int]) -> None:
        """Count a chunk that is written."""
        self.rows += rows
        self.read_to = read_to
        self.ends.append(end)
        self.faults = dict(Counter(self.faults) + Counter(faults))


def _journal_of(target: Path) -> Path:
    return target.with_name(f"{target.name}.journal")


def begun_on(target: Path) -> date | None:
    """The day on which the run began that stopped before ``target`` was finished, if one did."""
    try:
        return date.fromisoformat(orjson.loads(_journal_of(target).read_bytes())["begun"])
    except (OSError, ValueError, TypeError, KeyError):
        return None  # whoever goes on with the run says what is wrong with its journal


class Unfinished:
    """The output of one run, open for writing in ``out``; nobody else may write it meanwhile.

    :param question: what the output is of; a run goes on only where it is the same.
    :param begun: the day on which the run began.
    :param resume: go on where an earlier run stopped, if one did.
    :raises InvalidValue: if another run is writing it, or the stopped one asked something else.
    :raises DataProblem: if it cannot be written.
    """

    def __init__(
        self, target: Path, question: Mapping[str, Any], begun: date, resume: bool
    ) -> None:
        self.target = target
        self._part = target.with_name(f"{target.name}.part")
        self._journal = _journal_of(target)
        self._begun = begun
        self._question = dict(question)
        try:
            self.out: IO[bytes] = self._part.open("r+b" if self._part.is_file() else "w+b")
        except OSError as error:
            raise DataProblem(f"{self._part}: {error.strerror}") from None
        try:
            fcntl.flock(self.out, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.out.close()
            raise InvalidValue({"OUT": [f"Another run is writing {target}."]}) from None
        try:
            self.progress = self._earlier() if resume else Progress()
            self.out.truncate(self._end())
            self.out.seek(self._end())
        except BaseException:
            self.out.close()
            raise
        self.is_resumed = bool(self.progress.ends)

    def _end(self) -> int:
        return self.progress.ends[-1] if self.progress.ends else 0

    def _earlier(self) -> Progress:
        if not self._journal.is_file():
            return Progress()
        try:
            kept = orjson.loads(self._journal.read_bytes())
            progress, question = Progress(**kept["progress"]), kept["question"]
            known = kept["format"] == _FORMAT
        except (ValueError, TypeError, KeyError):
            raise DataProblem(
                f"{self._journal}: is damaged; start again without --resume"
            ) from None
        changed = sorted(
            name
            for name in {*self._question, *question}
            if question.get(name) != self._question.get(name)
        )
        if changed or not known:
            raise InvalidValue(
                {
                    "--resume": [
                        f"The run that stopped had another {', '.join(changed) or 'version'};"
                        " ask as it did, or start again without --resume."
                    ]
                }
            )
        size = self._part.stat().st_size
        if progress.ends and size < progress.ends[-1]:
            raise DataProblem(
                f"{self._part}: is shorter than its journal says; start again without --resume"
            )
        return progress

    def note(self) -> None:
        """Say on the disk how far the run has come.

        :raises OSError: if that cannot be written.
        """
        self.out.flush()
        os.fsync(self.out.fileno())
        kept = {
            "format": _FORMAT,
            "begun": self._begun,
            "question": self._question,
            "progress": asdict(self.progress),
        }
        put_whole(self._journal, orjson.dumps(kept))

    def finish(self, overwrite: bool) -> None:
        """Put the file in its place.

        :raises InvalidValue: if one came to be there meanwhile.
        :raises OSError: if that cannot be written.
        """
        self.out.flush()
        os.fsync(self.out.fileno())
        if not overwrite and self.target.exists():
            raise InvalidValue({"OUT": [f"{self.target} is there already; see --overwrite."]})
        self._part.replace(self.target)
        self.out.close()
        self._journal.unlink(missing_ok=True)

    def abandon(self) -> None:
        """Take away what was written: nothing can go on in it."""
        self.close()
        self._part.unlink(missing_ok=True)
        self._journal.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the file; what is noted stays, and another run may go on in it."""
        with suppress(OSError):  # what a full disk does not take is not noted either
            self.out.close()
