"""Runs the examples of a page one after the other, as a reader would: a program of its own.

On standard input: a JSON list of ``{language, title, text, where}``. On standard output: a JSON
list of ``{printed, failed}``, up to the first that failed. Python blocks share their names, shell
blocks their variables, and all of them the folder.
"""

import io
import json
import subprocess
import sys
import traceback
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

SHELL = """set -eu -o pipefail
[ ! -f .shell ] || . ./.shell
{text}
export -p > .shell
"""


def run(blocks: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Run blocks in order, until one fails."""
    names: dict[str, Any] = {"__name__": "__main__"}
    results: list[dict[str, Any]] = []
    for block in blocks:
        if block["language"] == "python":
            result = _run_python(block, names)
        elif block["language"] == "sh":
            result = _run_shell(block)
        else:
            Path(block["title"]).write_text(block["text"], encoding="utf-8")
            result = {"printed": "", "failed": None}
        results.append(result)
        if result["failed"]:
            break
    return results


def _run_python(block: dict[str, str], names: dict[str, Any]) -> dict[str, Any]:
    printed = io.StringIO()
    try:
        with redirect_stdout(printed):
            exec(compile(block["text"], block["where"], "exec"), names)
    except Exception:
        return {"printed": printed.getvalue(), "failed": traceback.format_exc()}
    return {"printed": printed.getvalue(), "failed": None}


def _run_shell(block: dict[str, str]) -> dict[str, Any]:
    done = subprocess.run(
        ["bash", "-c", SHELL.format(text=block["text"])],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    failed = f"exit status {done.returncode}\n{done.stderr}" if done.returncode else None
    return {"printed": done.stdout, "failed": failed}


if __name__ == "__main__":
    json.dump(run(json.load(sys.stdin)), sys.__stdout__ or sys.stdout)
