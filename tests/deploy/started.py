"""An image whose steps were run here, started the way its container is."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.deploy.image import Image
from tests.e2e.process import free_port
from tests.served import KEY

START_SECONDS = 240  # all indexes are built first
POLL_SECONDS = 0.2


@contextmanager
def started(image: Image, log: Path) -> Iterator[str]:
    """The address of its server, when the image's own health check is content.

    :param log: where all that it says is written.
    """
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("REGMAP_")},
        **image.environment,
        "REGMAP_PORT": str(port),
        "REGMAP_SECRET_KEY": KEY,
    }
    with log.open("wb") as said:
        process = subprocess.Popen(
            image.start,
            cwd=image.folder,
            env=environment,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_until_healthy(image, port, process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise


def is_healthy(image: Image, port: int) -> bool:
    """Whether the image's own check is content with what listens on a port of this machine."""
    check = [part.replace(f":{image.port}/", f":{port}/") for part in image.check]
    done = subprocess.run(check, cwd=image.folder, capture_output=True, check=False)
    return done.returncode == 0


def _wait_until_healthy(
    image: Image, port: int, process: subprocess.Popen[bytes], log: Path
) -> None:
    until = time.monotonic() + START_SECONDS
    while not is_healthy(image, port):
        told = log.read_text(encoding="utf-8", errors="replace")
        assert process.poll() is None, f"the image ended before it was ready:\n{told}"
        assert time.monotonic() < until, f"the image did not get ready:\n{told}"
        time.sleep(POLL_SECONDS)
