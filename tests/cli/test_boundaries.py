"""``regmap boundaries …``: what it says, what it leaves on disk, and its exit status."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from regmap.cli import main
from regmap.geo.atlas import Atlas
from regmap.geo.imports.layers import read_layers
from tests.geo.imports.files import frame, mississippi, shapefile_zip, square, town_row

DATA = Path(__file__).parent.parent.parent / "data"

Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "imported"


@pytest.fixture
def run(folder: Path) -> Run:
    """Run a command of the group on the real data, with imports of our own."""

    def invoke(*arguments: str | Path) -> Result:
        environment = {"REGMAP_DATA_DIR": str(DATA), "REGMAP_BOUNDARIES_DIR": str(folder)}
        result = CliRunner().invoke(main, ["boundaries", *map(str, arguments)], env=environment)
        assert result.exception is None or isinstance(result.exception, SystemExit), (
            result.exception
        )
        return result

    return invoke


@pytest.fixture
def place_file(tmp_path: Path) -> Path:
    return shapefile_zip(mississippi(), tmp_path / "tl_2024_28_place.zip")


def test_real_records_get_their_limits_and_lose_them_again(
    run: Run, folder: Path, place_file: Path, tmp_path: Path
) -> None:
    towns = [
        town_row("2500112345", "Canton", square(-71.1448, 42.1584)),
        town_row("2500112346", "Elsewhere", square(-71.3, 42.1584)),
    ]
    result = run("import", place_file, shapefile_zip(towns, tmp_path / "tl_2024_25_cousub.zip"))

    assert result.exit_code == 0, result.output
    assert "matched: US-MS-columbus, US-MS-gluckstadt" in result.stdout
    assert "complete: US-MS" in result.stdout
    assert "matched: US-MA-canton" in result.stdout
    atlas = Atlas(DATA / "boundaries", imported_dir=folder)
    assert atlas.shape("US-MA-canton").area == pytest.approx(0.01)

    listed = run("list").stdout
    for text in ("tl_2024_28_place", "tl_2024_25_cousub", "2024", "US-MS", "public domain"):
        assert text in listed

    assert run("remove", "tl_2024_28_place").stdout == "Removed: tl_2024_28_place\n"
    assert list(read_layers(folder)) == ["tl_2024_25_cousub"]


def test_the_report_counts_every_row(run: Run, place_file: Path) -> None:
    told = [line.rsplit(maxsplit=1) for line in run("import", place_file).stdout.splitlines()]

    counts = {words[0].strip(): words[-1] for words in told}
    assert counts["rows read"] == "7"
    assert counts["left out: designated places without a government"] == "2"
    assert counts["repaired"] == "1"
    assert counts["matched a jurisdiction"] == "2"
    assert counts["unmatched, kept: incorporated places"] == "3"


def test_what_a_running_server_makes_of_it_is_told(run: Run, place_file: Path) -> None:
    told = "A server that is running takes this up when it is started again.\n"

    assert run("import", place_file).stderr == told
    assert run("remove", "tl_2024_28_place").stderr == told
    assert run("list").stderr == ""


def test_an_id_that_no_jurisdiction_has_is_named(run: Run, tmp_path: Path) -> None:
    ids = ["US-MS-columbus", "US-MS-columbia"]
    rows = [{"key": id, "geometry": square(-88.41, 33.51)} for id in ids]
    file = tmp_path / "mine.parquet"
    frame(rows).to_parquet(file)

    result = run("import", file, "--id-column", "key")

    assert result.exit_code == 0
    assert "no jurisdiction has the id 'US-MS-columbia'" in result.stdout
    assert "matched: US-MS-columbus" in result.stdout


def test_nothing_imported_is_told(run: Run, folder: Path) -> None:
    assert run("list").stdout == f"Nothing was imported into {folder}.\n"


def test_a_file_in_which_nothing_matches_is_exit_status_1(
    run: Run, tmp_path: Path, folder: Path
) -> None:
    file = tmp_path / "x.parquet"
    frame([{"GEOID": "2899999", "geometry": square(-88, 33)}]).to_parquet(file)

    result = run("import", file)

    assert result.exit_code == 1
    assert "nothing was imported" in result.stderr
    assert not folder.exists()


def test_a_file_that_fails_does_not_keep_the_next_one_out(
    run: Run, tmp_path: Path, folder: Path, place_file: Path
) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK")

    result = run("import", broken, place_file)

    assert result.exit_code == 1
    assert f"{broken}: damaged" in result.stderr
    assert list(read_layers(folder)) == ["tl_2024_28_place"]


def test_what_is_wrong_with_a_file_is_told_as_it_is(run: Run, tmp_path: Path) -> None:
    rows = [{"[red]town": "x", "geometry": square(-88, 33)}]
    file = tmp_path / "[bold]x.parquet"
    frame(rows).to_parquet(file)

    result = run("import", file)

    assert result.exit_code == 1
    assert "[bold]x.parquet" in result.stderr
    assert "[red]town" in result.stderr


def test_what_the_operator_says_of_a_file_is_kept(run: Run, tmp_path: Path, folder: Path) -> None:
    file = tmp_path / "mine.parquet"
    frame([{"key": "US-MS-columbus", "geometry": square(-88.41, 33.51)}]).to_parquet(file)

    run("import", file, "--id-column", "key", "--vintage", "2022", "--licence", "CC0",
        "--error-km", "0.01")  # fmt: skip

    layer = read_layers(folder)["mine"]
    assert (layer.vintage, layer.licence, layer.error_km) == ("2022", "CC0", 0.01)
    assert layer.complete_states == ()


WRONG_USE = [
    ("import",),
    ("import", "/no/such/file.zip"),
    ("import", "FILE", "--error-km", "-1"),
    ("import", "FILE", "--id-column", "colour"),
    ("import", "FILE", "--complete-state", "US-FL"),
    ("remove",),
    ("remove", "nothing"),
    ("fetch", "--kind", "county"),
    ("fetch", "--year", "1999"),
    ("fetch", "--state", "Atlantis"),
    ("fetch", "--state", "MS", "--state", "FL", "--sha256", "0" * 64),
    ("fetch", "--base-url", "ftp://example.org"),
]


@pytest.mark.parametrize("arguments", WRONG_USE, ids=" ".join)
def test_wrong_use_is_exit_status_2(
    run: Run, folder: Path, place_file: Path, arguments: tuple[str, ...]
) -> None:
    result = run(*(str(place_file) if word == "FILE" else word for word in arguments))

    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert read_layers(folder) == {}


# --- fetch. -------------------------------------------------------------------------------------


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder without a word."""

    def log_message(self, *args: object) -> None:
        """Nothing: the test says what it saw."""


@pytest.fixture
def census(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server with Mississippi's places where the Census has them."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    root = tmp_path / "census"
    shelf = root / "TIGER2024" / "PLACE"
    shelf.mkdir(parents=True)
    shapefile_zip(mississippi(), shelf / "tl_2024_28_place.zip")
    handler = partial(Quiet, directory=str(root))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("state", ["MS", "US-MS", "28", "ms"])
def test_a_state_s_places_are_fetched_and_imported_at_once(
    run: Run, census: str, folder: Path, state: str
) -> None:
    result = run("fetch", "--state", state, "--base-url", census, "--import")

    assert result.exit_code == 0, result.output
    assert "SHA-256 " in result.stdout
    assert "US-MS-columbus" in result.stdout
    assert read_layers(folder)["tl_2024_28_place"].complete_states == ("US-MS",)


def test_fetching_alone_says_how_to_import(run: Run, census: str, tmp_path: Path) -> None:
    result = run("fetch", "--state", "MS", "--base-url", census, "--to", tmp_path / "here")

    file = tmp_path / "here" / "tl_2024_28_place.zip"
    assert result.stdout.endswith(f"To import: regmap boundaries import {file}\n")
    assert file.is_file()


def test_a_file_that_the_census_does_not_have_is_exit_status_1(
    run: Run, census: str, folder: Path
) -> None:
    result = run("fetch", "--kind", "cousub", "--state", "MA", "--base-url", census)

    assert result.exit_code == 1
    assert "TIGER2024/COUSUB/tl_2024_25_cousub.zip: the server has no such file" in result.stderr
    assert list((folder / "downloads").iterdir()) == []
