"""The site of ``compose.yaml`` without its containers: what each service runs, as it runs it.

PostgreSQL is prepared by the commands of ``prepare``, two nodes are started with the environment of
``node-1`` and ``node-2``, and nginx stands in front with the file that it mounts.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from regmap.store import revisions
from regmap.store.database import Database
from regmap.store.revisions import Edit
from tests.deploy.composed import SITE, composed, regmap_calls
from tests.deploy.proxy import Proxy, proxying
from tests.deploy.standing_in import StandIn, standing_in
from tests.e2e.process import REGMAP, Server, serving
from tests.postgres import Server as Postgres
from tests.served import filled_cache


@dataclass(frozen=True)
class Nodes:
    """Both, and what they serve."""

    servers: tuple[Server, Server]
    database_url: str
    settings: dict[str, str]
    """The environment of another one like the first."""

    @property
    def addresses(self) -> list[str]:
        return [server.address for server in self.servers]

    def record(self, edits: Iterable[Edit]) -> None:
        """Write edits, as a correction or a release would."""
        opened = Database(self.database_url)
        with opened.writing() as connection:
            revisions.append(connection, list(edits), datetime.now(UTC))
        opened.close()


@pytest.fixture(scope="session")
def nodes(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Iterator[Nodes]:
    """Two nodes on one database, which tests may write to."""
    folder = tmp_path_factory.mktemp("nodes")
    url = postgres.bare_url()
    services = composed(SITE)["services"]
    for name in ("node-1", "node-2", "another"):
        # links: each file of a cache is put in place whole, never changed
        cached = filled_cache(tmp_path_factory)
        shutil.copytree(cached, folder / name / "cache", copy_function=os.link)
    prepared = _environment(services["prepare"]["environment"], folder / "node-1", url)
    for arguments in regmap_calls(services["prepare"]["command"]):
        subprocess.run([REGMAP, *arguments], env=prepared, check=True, capture_output=True)
    first, second, another = (
        _environment(services[name]["environment"], folder / own, url)
        for name, own in (("node-1", "node-1"), ("node-2", "node-2"), ("node-1", "another"))
    )
    with serving(first) as one, serving(second) as other:
        yield Nodes((one, other), url, another)
    postgres.drop(url)


@pytest.fixture
def proxy(nodes: Nodes, tmp_path: Path) -> Iterator[Proxy]:
    """The proxy in front of them, with nothing in its cache."""
    with proxying(tmp_path, nodes.addresses) as running:
        yield running


@pytest.fixture
def node() -> Iterator[StandIn]:
    """A node that shows what it was sent."""
    with standing_in() as running:
        yield running


@pytest.fixture
def proxy_of_one(node: StandIn, tmp_path: Path) -> Iterator[Proxy]:
    """The proxy in front of that node alone."""
    with proxying(tmp_path, [node.address, node.address]) as running:
        yield running


def _environment(of_service: dict[str, str], var: Path, database_url: str) -> dict[str, str]:
    """Ours, with what a service has; other names and folders, and one worker without limits."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REGMAP_")}
    return {
        **kept,
        **of_service,
        "REGMAP_DATABASE_URL": database_url,
        "REGMAP_REDIS_URL": "",
        "REGMAP_CACHE_DIR": str(var / "cache"),
        "REGMAP_BOUNDARIES_DIR": str(var / "boundaries"),
        "REGMAP_RATE_LIMITS": "off",
        "REGMAP_WORKERS": "1",
    }
