"""``regmap annotate`` as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from regmap.settings import Settings, variable

COMMAND = "from regmap.cli.annotate import annotate; annotate()"


def environment(settings: Settings) -> dict[str, str]:
    """Our environment with the settings of regmap."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REGMAP_")}
    names = ("database_url", "data_dir", "cache_dir", "boundaries_dir")
    return kept | {variable(name): str(getattr(settings, name)) for name in names}


def started(
    settings: Settings, *arguments: str | Path, before: Callable[[], None] | None = None
) -> subprocess.Popen[str]:
    """A process at work."""
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, *map(str, arguments)],
        env=environment(settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=before,
    )


def finished(
    settings: Settings, *arguments: str | Path, before: Callable[[], None] | None = None
) -> tuple[int, str, str]:
    """Exit status, output and error output of a process that ended by itself."""
    process = started(settings, *arguments, before=before)
    out, err = process.communicate(timeout=300)
    return process.returncode, out, err
