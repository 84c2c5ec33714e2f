"""What the whole run shares: made by the process that needs it first, found by the others."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that is made once for all processes of a run, whole or not at all.

    Nobody writes into it afterwards: who wants to takes a copy.

    :param make: fills the empty folder that it is given.
    """
    found = _of_the_run(factory) / name
    with found.with_suffix(".lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # ends with the process, whatever that dies of
        if not found.is_dir():
            making = found.with_suffix(".making")
            shutil.rmtree(making, ignore_errors=True)  # of a process that died over it
            making.mkdir()
            make(making)
            making.rename(found)
    return found


def _of_the_run(factory: pytest.TempPathFactory) -> Path:
    """A folder of this run; pytest-xdist gives each process one of its own inside the run's."""
    own = factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "once"
    folder.mkdir(exist_ok=True)
    return folder
