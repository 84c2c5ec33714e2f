"""Takes guards out of copies of the tree, and looks whether their tests notice."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.guards.rows import ROOT, Row

CACHE = "REGMAP_GUARDS_CACHE"
"""Names the folder with what is computed from the boundaries: it need not be made for each row."""

SECONDS = 600
"""A test that takes longer noticed, too: without its guard it does not end."""

_LINKED = (".venv", "node_modules")
_LEFT_OUT = shutil.ignore_patterns(
    *_LINKED, ".git", "var", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache"
)
_PASSED, _FAILED = 0, 1  # exit statuses of pytest; others say that nothing was tested


@dataclass(frozen=True)
class Outcome:
    """Whether a test noticed that its guard is gone, and what it said."""

    row: Row
    noticed: bool
    said: str


def copy_tree(to: Path) -> None:
    """Copy what tests need; what is installed is linked."""
    shutil.copytree(ROOT, to, ignore=_LEFT_OUT, symlinks=True)
    for name in _LINKED:
        (to / name).symlink_to(ROOT / name)
    (to / "var").mkdir()


def take_out(row: Row, tree: Path) -> None:
    """Take a guard out of a tree.

    :raises ValueError: if its text does not stand in its file exactly once.
    """
    file = tree / row.file
    text = file.read_text(encoding="utf-8")
    if text.count(row.text) != 1:
        raise ValueError(f"{row.name}: {row.file} has its guard {text.count(row.text)} times")
    file.write_text(text.replace(row.text, row.instead), encoding="utf-8")


def run(tests: list[str], tree: Path, cache: Path) -> tuple[int | None, str]:
    """Run tests in a tree: pytest's exit status (None: it did not end), and what it said."""
    command = [sys.executable, "-m", "pytest", "-x", "-p", "tests.guards.kept_cache"]
    command += ["-p", "no:cacheprovider", "--tb=line", *dict.fromkeys(tests)]
    # subprocesses of a test have to find the tree, too, not what is installed
    environment = {**os.environ, "PYTHONPATH": str(tree), CACHE: str(cache)}
    with subprocess.Popen(
        command,
        cwd=tree,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            said, _ = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)  # with what it started
            return None, "did not end"
    return process.returncode, said


def try_without(row: Row, folder: Path, cache: Path) -> Outcome:
    """Run the test of a row in a copy of the tree that lacks the guard.

    :param folder: an empty folder, used up.
    """
    tree = folder / "tree"
    copy_tree(tree)
    take_out(row, tree)
    status, said = run([row.test], tree, cache)
    shutil.rmtree(tree, ignore_errors=True)
    # an error of a fixture has the same exit status, and says nothing of the guard
    failed = status == _FAILED and " failed" in said
    return Outcome(row, failed or status is None, said)


def all_pass(rows: list[Row], folder: Path, cache: Path) -> Outcome:
    """Run the tests of all rows in a copy that lacks nothing: they have to pass there."""
    tree = folder / "whole"
    copy_tree(tree)
    status, said = run([row.test for row in rows], tree, cache)
    shutil.rmtree(tree, ignore_errors=True)
    return Outcome(rows[0], status == _PASSED, said)
