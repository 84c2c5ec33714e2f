"""The Dockerfile, step by step in a fresh folder."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from regmap.settings import Settings
from tests.deploy.image import Image, Step, build, context, is_ignored, steps
from tests.deploy.started import is_healthy, started
from tests.e2e.process import free_port
from tests.served import filled_cache


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """What the steps make, with the packages that are installed already."""
    virtual_environment = Path(sys.executable).parent.parent
    made = build(tmp_path_factory.mktemp("image"), virtual_environment)
    shutil.copytree(filled_cache(tmp_path_factory), made.folder / "var" / "cache")
    return made


@pytest.fixture(scope="module")
def address(image: Image, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where it serves, started as its container starts it."""
    with started(image, tmp_path_factory.mktemp("log") / "log") as running:
        yield running


def fetched(url: str) -> str:
    with urlopen(url) as answer:
        text: str = answer.read().decode()
    return text


def test_it_loads_the_records_and_answers(address: str) -> None:
    assert '"ready"' in fetched(f"{address}/readyz")
    assert '"US-AL"' in fetched(f"{address}/api/v1/status?lat=33.52&lon=-86.81")


def test_its_pages_have_all_that_browsers_load(address: str) -> None:
    page = fetched(f"{address}/")
    for part in page.split('"'):
        if part.startswith("/") and part.split("?")[0].endswith((".css", ".js")):
            assert fetched(address + part)
    assert fetched(f"{address}/static/vendor/leaflet/leaflet.js")


def test_it_speaks_every_language(address: str) -> None:
    english, spanish = (fetched(f"{address}/about?lang={code}") for code in ("en", "es"))

    assert '<html lang="es"' in spanish
    titles = [page[page.index("<h1") : page.index("</h1>")] for page in (english, spanish)]
    assert titles[0] != titles[1]


def test_it_is_a_production_site(address: str) -> None:
    request = Request(f"{address}/api/v1/corrections", b"{}", {"Content-Type": "application/json"})
    statuses = []
    for _ in range(11):
        with pytest.raises(HTTPError) as refused:
            urlopen(request)
        with refused.value as answer:
            statuses.append(answer.code)

    assert statuses == [422] * 10 + [429]


def test_its_check_tells_a_server_from_none(image: Image, address: str) -> None:
    assert is_healthy(image, int(address.rpartition(":")[2]))
    assert not is_healthy(image, free_port())


def test_it_listens_where_it_says(image: Image) -> None:
    assert image.environment["REGMAP_HOST"] == "0.0.0.0"  # inside a container
    assert image.port == Settings().port
    assert f":{image.port}/readyz" in " ".join(image.check)


def test_only_what_it_needs_is_in_it(image: Image) -> None:
    assert sorted(path.name for path in image.folder.iterdir()) == [
        *(".venv", "LICENSE", "data", "pyproject.toml", "regmap", "scripts", "static", "var")
    ]


def test_secrets_and_what_was_made_here_stay_out() -> None:
    offered = {name.parts[0] for name in context()}

    assert offered.isdisjoint({".git", "var", "tests", "docs", "node_modules", ".venv"})
    for name in ("var/site.env", ".env", "var/tls/privkey.pem", "regmap/x/y/__pycache__/z.pyc"):
        assert is_ignored(Path(name))
    for name in (".npmrc", "regmap/app.py", "static/css/map.css", "data/records/TH.yaml"):
        assert not is_ignored(Path(name))


def test_steps_are_read_as_an_engine_reads_them() -> None:
    text = '# x\nFROM a AS b\nRUN one \\\n    && two\n\n# y\nCMD ["c", "d"]\n'

    read = steps(text)

    assert read == [Step("FROM", "a AS b"), Step("RUN", "one && two"), Step("CMD", '["c", "d"]')]
    assert read[2].command == ["c", "d"]
