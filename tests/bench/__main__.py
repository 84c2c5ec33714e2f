"""``make bench``: what the project promises about speed and size, measured side by side.

Everything is measured in one run on one machine, so that the ratios mean something on any.
"""

import os
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.annotating import measure_annotating
from tests.bench.corrections import measure_corrections
from tests.bench.locating import measure_locating
from tests.bench.nodes import measure_nodes
from tests.bench.open_data import measure_open_data
from tests.bench.page import measure_page
from tests.bench.serving import measure_serving
from tests.bench.store import measure_loading


def main() -> int:
    """Measure, print, and say whether every promise held."""
    console = Console()
    table = Table("what", "measured", "promised", "held")
    held = True
    with tempfile.TemporaryDirectory() as folder:
        os.environ["REGMAP_DATABASE_URL"] = f"sqlite:///{Path(folder) / 'bench.sqlite'}"
        os.environ["REGMAP_CACHE_DIR"] = str(Path(folder) / "cache")
        for promise in (
            *measure_loading(),
            *measure_locating(),
            *measure_serving(),
            *measure_page(),
            *measure_annotating(),
            *measure_corrections(),
            *measure_open_data(),
            *measure_nodes(),
        ):
            held = held and promise.held
            mark = "yes" if promise.held else "NO"
            table.add_row(promise.what, promise.measured, promise.promised, mark)
    console.print(table)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    console.print(f"{os.cpu_count()} cores, {memory:.0f} GiB of memory")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
