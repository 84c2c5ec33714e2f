"""``regmap serve`` as an operator meets it: clear words at the start, a clean end."""

from __future__ import annotations

import shutil
import signal
import socket
import sqlite3
from collections.abc import Callable
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from regmap.client import Client
from tests.e2e.process import Finished, Server, environment, run_to_its_end, serving
from tests.served import DATA, copied_database, filled_cache, shared_database, shared_folder


@pytest.fixture
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shared_folder(tmp_path_factory) / "cache"


@pytest.fixture
def database(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    """A loaded database that may be damaged."""
    return copied_database(tmp_path_factory, tmp_path)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A copy of the data that serving reads, which may be damaged."""
    copy = tmp_path / "data"
    shutil.copytree(DATA / "boundaries", copy / "boundaries")
    shutil.copy(DATA / "substances.yaml", copy)
    return copy


def assert_explained(ended: Finished, *named: str) -> None:
    """Check that a start failed with one clear line that names what is wrong."""
    assert ended.status == 1, ended.said
    assert "Traceback" not in ended.said
    lines = ended.said.strip().splitlines()
    assert len(lines) == 1, ended.said
    assert lines[0].startswith("regmap: ")
    for name in named:
        assert name in lines[0]


def assert_answers(server: Server) -> None:
    """Check that a server tells the law at a spot."""
    with Client(server.address) as regmap:
        answer = regmap.status(lat=33.52, lon=-86.81)
    assert answer.effective is not None
    assert answer.effective.governed_by == "US-AL"


# --- Databases that cannot be served. -----------------------------------------------------------


def _missing(file: Path) -> None:
    file.unlink()


def _empty(file: Path) -> None:
    file.write_bytes(b"")


def _no_database(file: Path) -> None:
    file.write_bytes(b"This is no database. " * 1_000)


def _cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _overwritten_inside(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[4_096 * 3 : -4_096 * 10] = b"\xff" * (len(content) - 4_096 * 13)
    file.write_bytes(content)


def _changed(statement: str) -> Callable[[Path], None]:
    def change(file: Path) -> None:
        connection = sqlite3.connect(file)
        connection.execute(statement)
        connection.commit()
        connection.close()

    return change


DAMAGED_DATABASES: dict[str, Callable[[Path], None]] = {
    "missing": _missing,
    "empty": _empty,
    "no database": _no_database,
    "cut short": _cut_short,
    "overwritten inside": _overwritten_inside,
    "of another version": _changed("UPDATE alembic_version SET version_num = '9999'"),
    "without its table": _changed("DROP TABLE revisions"),
    "document that is no JSON": _changed("UPDATE revisions SET document = '{' WHERE revision = 9"),
    "document that is no record": _changed("UPDATE revisions SET document = '{}'"),
    "time that is none": _changed("UPDATE revisions SET recorded_at = 'x' WHERE revision = 9"),
}


@pytest.mark.parametrize("damage", DAMAGED_DATABASES.values(), ids=DAMAGED_DATABASES)
def test_a_database_that_cannot_be_served_is_explained(
    database: Path, cache: Path, damage: Callable[[Path], None]
) -> None:
    for log in database.parent.glob(f"{database.name}-*"):
        log.unlink()
    damage(database)

    assert_explained(run_to_its_end(environment(database, cache)))


def test_a_missing_database_is_named_with_what_makes_it(tmp_path: Path, cache: Path) -> None:
    ended = run_to_its_end(environment(tmp_path / "none.sqlite", cache))

    assert_explained(ended, "none.sqlite", "regmap init")


# --- Data folders that cannot be served. --------------------------------------------------------


def _remove(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def _garble(name: str) -> Callable[[Path], None]:
    def garble(folder: Path) -> None:
        (folder / name).write_bytes(b"\x00garbled")

    return garble


def _shorten(name: str) -> Callable[[Path], None]:
    def shorten(folder: Path) -> None:
        file = folder / name
        file.write_bytes(file.read_bytes()[:-100])

    return shorten


DAMAGED_DATA = [
    (damage, f"{folder}{name}")
    for folder, names in (
        ("boundaries/", ["boundaries.json", "counties.parquet", "states.topo.json"]),
        ("", ["substances.yaml"]),
    )
    for name in names
    for damage in (_remove, _garble)
]


@pytest.mark.parametrize(
    ("damage", "name"), [*DAMAGED_DATA, (_shorten, "boundaries/countries.parquet")]
)
def test_data_that_cannot_be_served_is_named(
    tmp_path_factory: pytest.TempPathFactory,
    data_dir: Path,
    cache: Path,
    damage: Callable[[str], Callable[[Path], None]],
    name: str,
) -> None:
    damage(name)(data_dir)
    settings = environment(shared_database(tmp_path_factory), cache, REGMAP_DATA_DIR=str(data_dir))

    assert_explained(run_to_its_end(settings), name.rsplit("/", 1)[-1])


def test_a_manifest_without_its_layers_is_explained(
    tmp_path_factory: pytest.TempPathFactory, data_dir: Path, cache: Path
) -> None:
    manifest = data_dir / "boundaries" / "boundaries.json"
    for content in ("{}", '{"layers": {}}', '{"layers": {"states": {}}}', '{"layers": []}', "[]"):
        manifest.write_text(content)
        settings = environment(
            shared_database(tmp_path_factory), cache, REGMAP_DATA_DIR=str(data_dir)
        )

        assert_explained(run_to_its_end(settings), "boundaries.json")


# --- Settings, ports, signals. ------------------------------------------------------------------

BAD_SETTINGS = [
    ("REGMAP_PORT", "eighty"),
    ("REGMAP_PORT", "70000"),
    ("REGMAP_WORKERS", "0"),
    ("REGMAP_DATABASE_URL", "mysql://localhost/regmap"),
    ("REGMAP_DATABASE_URL", "no address"),
]


@pytest.mark.parametrize(("name", "value"), BAD_SETTINGS)
def test_a_setting_that_cannot_be_used_is_named(
    database: Path, cache: Path, name: str, value: str
) -> None:
    ended = run_to_its_end({**environment(database, cache), name: value})

    assert_explained(ended, name)


def test_a_port_that_is_taken_is_explained(database: Path, cache: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        ended = run_to_its_end(environment(database, cache), port)

    assert ended.status == 1
    assert "Traceback" not in ended.said
    assert str(port) in ended.said


def test_a_second_server_does_not_share_the_port_of_the_first(database: Path, cache: Path) -> None:
    settings = environment(database, cache)
    with serving(settings) as first:
        port = int(first.address.rsplit(":", 1)[1])

        ended = run_to_its_end(settings, port)

    assert ended.status == 1
    assert "Traceback" not in ended.said
    assert str(port) in ended.said


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server_cleanly(database: Path, cache: Path, how: signal.Signals) -> None:
    with serving(environment(database, cache)) as server:
        assert_answers(server)

        ended = server.stop(how)

    assert ended.status == 0, ended.said
    assert "Traceback" not in ended.said


def test_a_damaged_cache_only_costs_time(
    database: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    cache = tmp_path / "cache"
    shutil.copytree(filled_cache(tmp_path_factory), cache)  # not linked: damaged where it lies
    settings = environment(database, cache)
    with serving(settings) as server:  # keeps what else it computes
        server.stop()
    kept = [one for one in cache.rglob("*") if one.is_file()]
    assert len(kept) > len(list(filled_cache(tmp_path_factory).iterdir()))
    for file in kept:
        file.write_bytes(b"\x00" * 10)

    with serving(settings) as server:
        assert_answers(server)


def test_the_server_compresses_and_answers_head_like_the_app(database: Path, cache: Path) -> None:
    with serving(environment(database, cache)) as server:
        url = f"{server.address}/api/v1/codebook"
        with urlopen(Request(url, headers={"Accept-Encoding": "gzip"})) as got:
            etag = got.headers["ETag"]
            assert got.headers["Content-Encoding"] == "gzip"
        with urlopen(Request(url, method="HEAD")) as headed:
            assert headed.status == 200
            assert headed.read() == b""
        assert etag.endswith(':gzip"')
