"""What guards the package as a whole: whom it asks, what it installs, what lies in the tree."""

from __future__ import annotations

import ast
import hmac
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from regmap.domain.curators import Role
from regmap.services import curators as curators_service
from regmap.services.corrections import Corrections
from regmap.services.curators import Curators
from regmap.settings import ROOT
from regmap.store.database import Database
from regmap.web.map_config import json_block
from tests.http.curating import KEY, NOW, PASSWORD
from tests.served import HOSTILE

SERVED = tuple("domain schemas places store release services http api web ogc feeds app.py".split())
TALKERS = set("httpx requests urllib3 http.client urllib.request socket ftplib aiohttp".split())
LISTENERS = {"http/workers.py"}
"""Modules that have sockets to be asked by, not to ask."""

RUNNERS = {"eval", "exec", "compile", "__import__"}
UNPICKLERS = {"pickle", "marshal", "shelve", "dill", "joblib"}
NAMES_OF_OURS = {"table", "channel", "limit"}
"""Names of tables, settings and the one channel, which PostgreSQL takes as no parameter."""

SECRET_SHAPES = (
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    r"\bregmap_[A-Za-z0-9_-]{43}\b",
    r"\bAKIA[0-9A-Z]{16}\b",
    r"\bgh[pousr]_[A-Za-z0-9]{36}\b",
    r"REGMAP_SECRET_KEY=[0-9a-f]{64}\b",
    r"://[^\s/:@{}$]+:[^\s/@{}$]{12,}@",
)
TEXTS = {".py", ".md", ".yaml", ".yml", ".toml", ".json", ".js", ".html", ".txt", ".sh", ".cfg", ""}


def sources() -> Iterator[tuple[str, ast.Module]]:
    """The modules of the package, by their path in it."""
    for file in sorted((ROOT / "regmap").rglob("*.py")):
        yield file.relative_to(ROOT / "regmap").as_posix(), ast.parse(file.read_text())


def imported(tree: ast.Module) -> set[str]:
    """The modules that a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found |= {node.module or "", *(f"{node.module}.{one.name}" for one in node.names)}
    return found


# --- Whom it asks, and what it runs. --------------------------------------------------------------


def test_what_is_served_asks_no_address_that_somebody_sent() -> None:
    asking = {
        path: imported(tree) & TALKERS
        for path, tree in sources()
        if path.startswith(SERVED) and path not in LISTENERS
    }

    assert {path: names for path, names in asking.items() if names} == {}


def test_nothing_that_was_read_is_run() -> None:
    running = []
    for path, tree in sources():
        running += [f"{path} imports {name}" for name in imported(tree) & UNPICKLERS]
        running += [
            f"{path} calls {node.func.id}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in RUNNERS
        ]

    assert running == []


def is_constant(node: ast.expr, names: set[str]) -> bool:
    """Whether a text is made of constants of its module alone."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    values = [one.value if isinstance(one, ast.FormattedValue) else one for one in parts]
    return all(
        isinstance(one, ast.Constant) or (isinstance(one, ast.Name) and one.id in names)
        for one in values
    )


def statements(tree: ast.Module) -> Iterator[ast.expr]:
    """What is handed to the database as text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            called = ast.unparse(node.func).rpartition(".")[2]
            given = node.args[0]
            is_text = isinstance(given, ast.Constant | ast.JoinedStr | ast.BinOp)
            if called in ("text", "exec_driver_sql") or (called == "execute" and is_text):
                yield given


def test_no_value_gets_into_the_text_of_a_query() -> None:
    joined, seen = [], 0
    for path, tree in sources():
        if not path.startswith("store/") or "migrations" in path:
            continue
        constants = {
            target.id
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name) and target.id.isupper()
        } | NAMES_OF_OURS
        for statement in statements(tree):
            seen += 1
            ways = [statement]
            if isinstance(statement, ast.IfExp):
                ways = [statement.body, statement.orelse]
            joined += [
                f"{path}: {ast.unparse(one)}" for one in ways if not is_constant(one, constants)
            ]

    assert seen > 3
    assert joined == []


# --- Secrets. -------------------------------------------------------------------------------------


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What was compared in constant time."""
    seen: list[object] = []
    honest = hmac.compare_digest

    def compare(one: Any, other: Any) -> bool:
        seen.append(one)
        return honest(one, other)

    monkeypatch.setattr(hmac, "compare_digest", compare)
    return seen


def test_the_secret_of_a_correction_is_compared_in_constant_time(
    database: Database, compared: list[object]
) -> None:
    assert not Corrections(database, [KEY]).is_submitter("nobody's", "guess")

    assert len(compared) == 1


def test_the_stamp_of_a_session_is_compared_in_constant_time(
    database: Database, compared: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(curators_service, "_MEMORY_KIB", 8)
    curators = Curators(database, KEY)
    curators.add("ana", Role.REVIEWER, PASSWORD, NOW)
    compared.clear()

    assert curators.by_stamp("ana", "guess") is None

    assert len(compared) == 1


def tracked() -> Iterator[Path]:
    """The files of the tree that people write."""
    for top in ("regmap", "tests", "scripts", "docs", "static", "data", "deploy", "requirements"):
        for file in (ROOT / top).rglob("*"):
            is_ours = "vendor" not in file.parts and "__pycache__" not in file.parts
            if is_ours and file.is_file() and file.suffix in TEXTS:
                yield file
    yield from (file for file in ROOT.iterdir() if file.is_file() and file.suffix in TEXTS)


def test_no_secret_lies_in_the_tree() -> None:
    shapes = re.compile("|".join(SECRET_SHAPES))
    found = [
        f"{file.relative_to(ROOT)}: {match[0][:20]}…"
        for file in tracked()
        for match in shapes.finditer(file.read_text(encoding="utf-8", errors="replace"))
    ]

    assert found == []


# --- What is installed. ---------------------------------------------------------------------------


def requirements(name: str) -> list[str]:
    """The entries of a list of packages, each with its hashes."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text().replace("\\\n", " ")
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return [line for line in lines if line]


@pytest.mark.parametrize("name", ["run", "dev", "build", "node"])
def test_every_package_is_pinned_by_version_and_hash(name: str) -> None:
    entries = requirements(name)

    assert entries
    for entry in entries:
        assert re.match(r"[A-Za-z0-9._-]+(\[[a-z0-9,]+\])?==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


def test_packages_are_installed_by_their_hashes_alone() -> None:
    setup = (ROOT / "scripts" / "setup").read_text()
    installing = [line for line in setup.splitlines() if "--requirement" in line]

    assert installing
    assert all("--require-hashes" in line for line in installing)


def test_what_browsers_get_is_pinned_by_hash_and_runs_no_script_when_it_is_installed() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    packages = [one for name, one in lock.items() if name and not one.get("dev")]

    assert packages
    assert all(one["integrity"].startswith("sha512-") for one in packages)
    assert "--ignore-scripts" in (ROOT / "scripts" / "vendor.py").read_text()


def called_names(tree: ast.Module) -> set[str]:
    """Names that stand in conditions with ``==``."""
    return {
        part.id if isinstance(part, ast.Name) else part.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        and any(isinstance(one, ast.Eq | ast.NotEq) for one in node.ops)
        for part in (node.left, *node.comparators)
        if isinstance(part, ast.Name | ast.Attribute)
    }


@pytest.mark.parametrize("name", ["secret", "password", "token", "stamp", "metrics_token"])
def test_no_secret_is_compared_as_any_other_text(name: str) -> None:
    is_secret: Callable[[str], bool] = name.__eq__
    comparing = [path for path, tree in sources() if any(map(is_secret, called_names(tree)))]

    assert comparing == []


def test_the_list_of_what_we_depend_on_is_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "audit.py", "--check"], capture_output=True, text=True
    )

    assert (done.returncode, done.stderr) == (0, "")


# --- What stands in pages. ------------------------------------------------------------------------


@pytest.mark.parametrize("text", [HOSTILE, "</script>", "<!--", "]]>", "&lt;", "\u2028\u2029"])
def test_no_text_ends_the_block_of_json_that_holds_it(text: str) -> None:
    block = str(json_block({"name": text, text: 1}))

    assert not set(block) & set("<>&\u2028\u2029")
    assert json.loads(block) == {"name": text, text: 1}


TEXTS_OF_RECORDS = set("summary note penalty citation instrument schedule title publisher".split())


def test_what_assistants_are_told_in_our_words_quotes_no_text_of_a_record() -> None:
    tree = ast.parse((ROOT / "regmap" / "mcp" / "sentences.py").read_text())
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}

    assert used >= {"jurisdiction", "status"}
    assert used & TEXTS_OF_RECORDS == set()
