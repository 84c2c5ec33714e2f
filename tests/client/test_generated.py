"""The description of the API makes a working client, without us."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from regmap.client import Client

GENERATOR = Path(sys.executable).with_name("openapi-python-client")
PACKAGE = "regmap_as_generated"


class Generated:
    """The package that was made, its calls by their operation ids."""

    def __init__(self, package: ModuleType, address: str) -> None:
        self.client = package.Client(base_url=address)
        self.models: Any = importlib.import_module(f"{PACKAGE}.models")
        folder = Path(str(package.__file__)).parent
        self.calls = {
            file.stem: f"{PACKAGE}.api.{file.parent.name}.{file.stem}"
            for file in folder.glob("api/*/*.py")
            if file.stem != "__init__"
        }

    def ask(self, operation: str, *given: Any, **named: Any) -> Any:
        """What a call is answered, as its model."""
        call = importlib.import_module(self.calls[operation])
        return call.sync(*given, client=self.client, **named)


@pytest.fixture(scope="module")
def described(address: str) -> bytes:
    return httpx.get(f"{address}/api/v1/openapi.json").raise_for_status().content


@pytest.fixture(scope="module")
def generated(
    tmp_path_factory: pytest.TempPathFactory, address: str, described: bytes
) -> Iterator[Generated]:
    """A client made from the description alone: no network, nothing run behind."""
    folder = tmp_path_factory.mktemp("generated")
    (folder / "openapi.json").write_bytes(described)
    (folder / "settings.yml").write_text("post_hooks: []\n")
    done = subprocess.run(
        [
            *(GENERATOR, "generate", "--path", folder / "openapi.json", "--meta", "none"),
            *("--output-path", folder / PACKAGE, "--config", folder / "settings.yml"),
            "--fail-on-warning",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stdout + done.stderr
    sys.path.insert(0, str(folder))
    try:
        made = Generated(importlib.import_module(PACKAGE), address)
        with made.client:
            yield made
    finally:
        sys.path.remove(str(folder))
        for name in [one for one in sys.modules if one.split(".")[0] == PACKAGE]:
            del sys.modules[name]


def test_every_call_of_the_description_is_generated(generated: Generated, described: bytes) -> None:
    paths = httpx.Response(200, content=described).json()["paths"]
    ids = {
        operation["operationId"]
        for item in paths.values()
        for method, operation in item.items()
        if method != "parameters"
    }

    assert set(generated.calls) == ids


def test_the_generated_client_gets_the_same_status(generated: Generated, regmap: Client) -> None:
    theirs = generated.ask("get_status", zip_="39701", on=date(2026, 1, 1))
    ours = regmap.status(zip="39701", on=date(2026, 1, 1))

    assert ours.effective is not None
    assert theirs.effective.status.value == ours.effective.status
    assert theirs.effective.strictest_possible.value == ours.effective.strictest_possible
    assert [one.jurisdiction.id for one in theirs.layers] == [
        one.jurisdiction.id for one in ours.layers
    ]
    assert theirs.data_version == ours.data_version


def test_the_generated_client_gets_the_candidates_of_a_name(generated: Generated) -> None:
    theirs = generated.ask("get_status", place="Columbus")

    assert isinstance(theirs, generated.models.Candidates)
    assert theirs.total > 5


def test_the_generated_client_is_told_what_is_wrong(generated: Generated) -> None:
    theirs = generated.ask("get_status", lat=95.0, lon=3.0)

    assert isinstance(theirs, generated.models.Problem)
    assert theirs.status == 422
    assert list(theirs.errors.additional_properties) == ["lat"]


def test_the_generated_client_lists_the_same_jurisdictions(
    generated: Generated, regmap: Client
) -> None:
    pages = [generated.ask("get_jurisdictions", page=page, page_size=200) for page in (1, 2, 3)]

    theirs = [one for page in pages for one in page.items]
    ours = list(regmap.jurisdictions())
    assert [(one.id, one.level.value) for one in theirs] == [(one.id, one.level) for one in ours]
    assert [one.statuses[0].status.value for one in theirs] == [
        one.statuses[0].status for one in ours
    ]


def test_the_generated_client_asks_for_many(generated: Generated, regmap: Client) -> None:
    models = generated.models
    located = [models.Location(id=1, zip_="39701"), models.Location(id="x", zip_="00000")]

    theirs = generated.ask("post_status_batch", body=models.BatchQuery(items=located))
    judged = generated.ask(
        "post_verdicts",
        body=models.VerdictsQuery(items=located, product=models.Product(substance="kratom")),
    )
    route = generated.ask("post_route", body=models.RouteQuery(stops=located[:1] * 2))

    ours = list(regmap.status_batch([{"id": 1, "zip": "39701"}, {"id": "x", "zip": "00000"}]))
    assert [one.id for one in theirs.items] == [one.id for one in ours] == [1, "x"]
    assert ours[0].effective is not None
    assert theirs.items[0].effective.status.value == ours[0].effective.status
    assert theirs.items[1].error.status == 404
    assert [one.verdict.value for one in judged.items] == ["unknown", "unknown"]
    assert isinstance(route, models.Problem)  # a stop's id stands twice


SIMPLE = [
    ("get_jurisdiction", ["US-MS"], {}),
    ("get_jurisdiction_history", ["US-MS"], {}),
    ("get_jurisdiction_boundary", ["US-MS"], {}),
    ("get_changes", [], {}),
    ("get_revisions", [], {}),
    ("get_versions", [], {}),
    ("get_versions_diff", [], {"from_": "600"}),
    ("get_codebook", [], {}),
    ("get_map", [], {}),
    ("get_map_timeline", [], {}),
    ("get_search", [], {"q": "birm"}),
    ("get_corrections", [], {}),
]


@pytest.mark.parametrize(("operation", "given", "named"), SIMPLE, ids=[one[0] for one in SIMPLE])
def test_the_generated_client_reads_every_list_and_document(
    generated: Generated, operation: str, given: list[str], named: dict[str, Any]
) -> None:
    found = generated.ask(operation, *given, **named)

    assert found is not None
    assert not isinstance(found, generated.models.Problem)


def test_the_generated_client_reads_a_table(generated: Generated) -> None:
    assert "US-RI" in generated.ask("get_export", "csv")


def test_the_generated_client_submits_a_correction(generated: Generated, regmap: Client) -> None:
    models = generated.models
    said = models.Submission(
        jurisdiction="US-ME",
        substance="kratom",
        message="It is another age now.",
        sources=[models.NamedSource(url="https://law.example.org/a")],
    )

    taken = generated.ask("post_corrections", body=said, idempotency_key="generated-1")

    assert regmap.correction(taken.id, taken.secret).message == "It is another age now."
