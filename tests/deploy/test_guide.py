"""What the guide has people type makes a site that starts."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from regmap.settings import ROOT, Settings
from tests.deploy.composed import SITE, composed, variables
from tests.deploy.proxy import CONFIGURATION
from tests.docs.blocks import DOCS, Block, blocks

PAGE = DOCS / "operate" / "deploy.md"


def block_with(text: str) -> Block:
    (found,) = (block for block in blocks(PAGE) if text in block.text)
    return found


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The folder after the step that makes the secrets."""
    subprocess.run(["bash", "-euc", block_with("umask").text], cwd=tmp_path, check=True)
    return tmp_path


def made_in(site: Path) -> dict[str, str]:
    lines = (site / "var" / "site.env").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines)


def test_its_secrets_are_all_that_compose_asks_for(site: Path) -> None:
    made = made_in(site)

    assert set(made) == set(variables())
    services = composed(made)["services"]
    settings = Settings.from_environment(services["node-1"]["environment"]).for_serving()
    assert not settings.has_weak_key
    assert settings.security_contact == "mailto:security@example.org"
    # they stand in addresses
    assert all(re.fullmatch("[0-9a-f]{64}", made[name]) for name in SITE if name != "SITE_NAME")


def test_nobody_else_can_read_them(site: Path) -> None:
    assert (site / "var" / "site.env").stat().st_mode & 0o077 == 0


def test_every_command_names_the_file_with_the_secrets() -> None:
    called = [line for block in blocks(PAGE) for line in block.text.splitlines()]
    composing = [line for line in called if "docker compose" in line]

    assert len(composing) > 3
    assert all("docker compose --env-file var/site.env" in line for line in composing)


def test_without_containers_name_and_nodes_are_put_into_the_same_file(tmp_path: Path) -> None:
    text = block_with("sed -e").text
    command = text[: text.index(" > /etc")]

    done = subprocess.run(["bash", "-euc", command], cwd=ROOT, capture_output=True, check=True)

    made = done.stdout.decode()
    assert "SITE_NAME" not in made
    assert re.findall(r"server_name (\S+);", made) == ["law.example.org"] * 2
    assert re.findall(r"^    server (\S+) ", made, re.MULTILINE) == [
        "10.0.0.11:8000",
        "10.0.0.12:8000",
    ]


def test_every_word_of_the_cache_is_told() -> None:
    page = PAGE.read_text(encoding="utf-8")
    asked = CONFIGURATION.read_text(encoding="utf-8")

    for word in ("HIT", "MISS", "EXPIRED", "REVALIDATED", "UPDATING", "STALE", "BYPASS"):
        assert f"| `{word}` |" in page
    assert "proxy_cache_use_stale updating error timeout http_502 http_503 http_504;" in asked
