"""The client needs nothing of the rest, and knows the same words."""

from __future__ import annotations

import inspect
import shutil
import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args

import pytest

import regmap
from regmap import client
from regmap.client import Client, vocabulary
from regmap.domain import corrections, verdict_terms
from regmap.domain import vocabulary as domain
from regmap.services.exports.columns import Table
from regmap.services.exports.files import Form

FOLDER = Path(client.__file__).parent
SAME: list[tuple[Any, type[StrEnum]]] = [
    (vocabulary.Status, domain.Status),
    (vocabulary.Level, domain.Level),
    (vocabulary.Permission, domain.Permission),
    (vocabulary.Confidence, domain.Confidence),
    (vocabulary.SourceKind, domain.SourceKind),
    (vocabulary.Extent, domain.Extent),
    (vocabulary.Match, domain.Match),
    (vocabulary.Direction, domain.Direction),
    (vocabulary.ChangeType, domain.ChangeType),
    (vocabulary.Outcome, verdict_terms.Outcome),
    (vocabulary.Effect, verdict_terms.Effect),
    (vocabulary.CorrectionState, corrections.State),
    (vocabulary.ExportForm, Form),
    (vocabulary.ExportTable, Table),
]


@pytest.mark.parametrize(("ours", "theirs"), SAME, ids=lambda one: getattr(one, "__name__", ""))
def test_the_client_knows_the_words_of_the_server(ours: Any, theirs: type[StrEnum]) -> None:
    assert get_args(ours) == tuple(theirs)


def test_the_client_is_of_the_version_of_its_package() -> None:
    assert regmap.__version__ == client.VERSION


def test_the_folder_can_be_copied_and_used_elsewhere(tmp_path: Path, address: str) -> None:
    shutil.copytree(FOLDER, tmp_path / "kratom_law", ignore=shutil.ignore_patterns("__pycache__"))
    program = tmp_path / "program.py"
    program.write_text(
        "import sys\n"
        "from kratom_law import Client\n"
        "with Client(sys.argv[1]) as client:\n"
        "    print(client.status(zip='35203').effective.status)\n"
        "print(sorted(name for name in sys.modules if name.split('.')[0] == 'regmap'))\n"
    )

    done = subprocess.run(
        [sys.executable, program, address], capture_output=True, text=True, check=False
    )

    assert done.stdout.splitlines() == ["prohibited", "[]"], done.stderr


def test_users_are_told_the_types(tmp_path: Path) -> None:
    copy = shutil.copytree(FOLDER, tmp_path / "kratom_law")
    program = tmp_path / "program.py"
    program.write_text(
        "from kratom_law import Client, StatusAnswer\n"
        "with Client('http://127.0.0.1:9') as client:\n"
        "    answer: StatusAnswer = client.status(zip='1', on='2020-01-01')\n"
        "    ids: list[str] = [one.id for one in client.jurisdictions(level='state')]\n"
        "    client.status(zipcode='1')\n"
        "    number: int = client.codebook()\n"
    )

    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", tmp_path / "kept", program],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )

    assert (copy / "py.typed").is_file()
    wrong = [line.split(": ", 1)[0] for line in done.stdout.splitlines() if "error:" in line]
    assert wrong == ["program.py:5", "program.py:6"], done.stdout


@pytest.mark.parametrize("name", [one for one in vars(Client) if not one.startswith("_")])
def test_every_call_can_be_looked_up(name: str) -> None:
    method = getattr(Client, name)

    assert method.__name__ == name
    assert next(iter(inspect.signature(method).parameters)) == "self"
