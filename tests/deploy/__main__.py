"""``python -m tests.deploy``: build the image by its steps in a fresh folder, start it, look at it.

Nothing is borrowed: it installs what is locked, as the container would.
"""

import sys
import tempfile
from pathlib import Path
from urllib.request import urlopen

from tests.deploy.image import build
from tests.deploy.started import started


def main() -> int:
    """Say how it went; what failed stops it."""
    with tempfile.TemporaryDirectory() as folder:
        print("building")
        image = build(Path(folder))
        print(f"starting {' '.join(image.start)}")
        with started(image, Path(folder) / "log") as address:
            for path in ("/readyz", "/", "/about?lang=es", "/api/v1/status?lat=33.52&lon=-86.81"):
                with urlopen(address + path) as answer:
                    print(answer.status, path)
        print("stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
