"""Runs the clients against two workers and watches the memory of these."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.e2e.crashing import workers_of
from tests.soak.clients import CLIENTS, Client, Seen

WORKERS = 2
WARM_UP = 0.2
"""The share of the time after which caches are full and memory is not to grow any more."""

_LOOKS = 100
"""How often memory is looked at."""


@dataclass(frozen=True)
class Soaked:
    """What a run showed: what clients saw, and the workers' memory in MB, look after look."""

    seen: Seen
    memory: list[float]
    seconds: float

    @property
    def growth(self) -> float:
        """By what share memory grew after the warm-up: from its first fifth to its last one."""
        warm = self.memory[int(len(self.memory) * WARM_UP) :]
        part = max(1, len(warm) // 5)
        return median(warm[-part:]) / median(warm[:part]) - 1

    def told(self) -> str:
        """A small report, as Markdown."""
        rows = [f"| {kind} | {len(took):,} | {_p(took, 0.5):.1f} | {_p(took, 0.99):.1f} |"
                for kind, took in sorted(self.seen.took.items())]  # fmt: skip
        return "\n".join(
            [
                f"- {self.seconds / 60:.1f} minutes, {self.seen.requests:,} answers"
                f" ({self.seen.requests / self.seconds:,.0f}/s), {CLIENTS} clients,"
                f" {WORKERS} workers",
                f"- errors: {len(self.seen.errors)}",
                f"- 99th percentile of all: {self.seen.percentile(0.99):.1f} ms",
                f"- memory of the workers: {self.memory[0]:.0f} MB at first,"
                f" {self.memory[-1]:.0f} MB at last; grown by {self.growth:+.1%} after the warm-up",
                "",
                "| what | answers | median, ms | 99th percentile, ms |",
                "|---|---:|---:|---:|",
                *rows,
                "",
            ]
        )


def soak(address: str, server: int, token: str, seconds: float) -> Soaked:
    """Load a server.

    :param server: the process that starts the workers.
    :param token: of a curator.
    """
    seen, memory = Seen(), [memory_of(server)]
    started = time.monotonic()
    until = started + seconds
    clients = [
        Client(address, number, token, seen, lambda: time.monotonic() > until)
        for number in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    while time.monotonic() < until:
        time.sleep(seconds / _LOOKS)
        memory.append(memory_of(server))
    for client in clients:
        client.join()
    return Soaked(seen, memory, time.monotonic() - started)


def memory_of(server: int) -> float:
    """What the workers hold for themselves, in MB: without files that they have mapped."""
    return sum(_anonymous(one) for one in workers_of(server))


def _anonymous(process: int) -> float:
    found = re.search(r"RssAnon:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def _p(took: list[float], share: float) -> float:
    return sorted(took)[min(len(took) - 1, int(len(took) * share))]
