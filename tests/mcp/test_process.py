"""``regmap mcp`` as a process: its output is the protocol alone, and it ends when it is told to."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from regmap.cli import main
from tests.e2e.process import REGMAP

SECONDS = 150  # with an empty cache the indexes are built first
NOISY = """
import importlib, logging, os, warnings
command = importlib.import_module("regmap.cli.mcp")
tool = importlib.import_module("regmap.mcp.tools.codebook")

def noise(where):
    warnings.warn(f"noise of {where}")
    print(f"noise of {where}", flush=True)
    logging.getLogger("regmap").error("noise of %s", where)

def noisy(inner, where):
    def call(*given):
        noise(where)
        if where == "answering":
            os.write(1, b"noise of answering\\n")
        return inner(*given)
    return call

command.open_source = noisy(command.open_source, "opening")
tool.codebook_document = noisy(tool.codebook_document, "answering")
command.mcp([])
"""


def message(id: int, method: str, **params: Any) -> str:
    """One request, as a line."""
    return json.dumps({"jsonrpc": "2.0", "id": id, "method": method, "params": params}) + "\n"


HELLO = message(
    1,
    "initialize",
    protocolVersion="2025-06-18",
    capabilities={},
    clientInfo={"name": "tests", "version": "1"},
)
READY = '{"jsonrpc": "2.0", "method": "notifications/initialized"}\n'
CODEBOOK = message(2, "tools/call", name="codebook", arguments={})


def started(settings: dict[str, str], *command: str) -> subprocess.Popen[str]:
    """A server process with its three streams."""
    return subprocess.Popen(  # our own command
        command or (str(REGMAP), "mcp"),
        env=settings,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def answers_of(process: subprocess.Popen[str], lines: str, count: int) -> list[dict[str, Any]]:
    """Send some lines, and wait for that many answers."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(lines)
    process.stdin.flush()
    return [json.loads(process.stdout.readline()) for _ in range(count)]


def test_nothing_but_the_protocol_goes_to_standard_output(settings: dict[str, str]) -> None:
    loud = {**settings, "PYTHONWARNINGS": "always"}
    process = started(loud, sys.executable, "-c", NOISY)
    answers = answers_of(process, HELLO + READY + CODEBOOK, 2)
    rest, noise = process.communicate(timeout=SECONDS)

    assert rest == ""
    assert [one["id"] for one in answers] == [1, 2]
    assert all(one["jsonrpc"] == "2.0" for one in answers)
    assert answers[1]["result"]["structuredContent"]["answer"]["statuses"]
    assert noise.count("noise of opening") >= 2
    assert noise.count("noise of answering") >= 2


def test_it_ends_when_its_input_ends(settings: dict[str, str]) -> None:
    process = started(settings)
    said, errors = process.communicate(HELLO + READY, SECONDS)

    assert process.returncode == 0
    assert len(said.splitlines()) == 1
    assert errors == ""


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_when_it_is_told_to(settings: dict[str, str], how: signal.Signals) -> None:
    process = started(settings)
    [first] = answers_of(process, HELLO, 1)
    process.send_signal(how)
    process.wait(SECONDS)
    said, errors = process.communicate()

    assert first["id"] == 1
    assert process.returncode == 0
    assert (said, errors) == ("", "")


def test_a_line_that_is_no_message_does_not_end_the_session(settings: dict[str, str]) -> None:
    process = started(settings)
    broken = '{not json\n[]\n{"jsonrpc": "2.0"}\n'
    answers_of(process, HELLO + READY, 1)
    [answer] = answers_of(process, broken + CODEBOOK, 1)
    process.communicate(timeout=SECONDS)

    assert answer["id"] == 2
    assert answer["result"]["isError"] is False
    assert process.returncode == 0


def test_a_database_that_is_missing_is_told(settings: dict[str, str], tmp_path: Path) -> None:
    missing = tmp_path / "nothing.sqlite"
    process = started({**settings, "REGMAP_DATABASE_URL": f"sqlite:///{missing}"})
    said, errors = process.communicate(timeout=SECONDS)

    assert process.returncode == 1
    assert said == ""
    assert str(missing) in errors
    assert "regmap init" in errors
    assert "Traceback" not in errors
    assert not missing.exists()


def test_help_has_the_configuration_of_an_assistant() -> None:
    told = CliRunner().invoke(main, ["mcp", "--help"])
    [snippet] = re.findall(r"^\s*(\{.*^\s*\})$", told.stdout, re.S | re.M)
    server = json.loads(snippet)["mcpServers"]["regmap"]

    assert told.exit_code == 0
    assert server["command"].endswith("/regmap")
    assert server["args"] == ["mcp"]
    assert "mcp" in CliRunner().invoke(main, ["--help"]).stdout
