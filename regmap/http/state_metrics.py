"""What is measured at the moment that somebody asks: the data, its evidence, what waits."""

import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from math import ceil

from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from regmap import __version__
from regmap.domain.corrections import State
from regmap.domain.doubt import STALE_AFTER_DAYS
from regmap.domain.errors import DataProblem
from regmap.services.bundle import Services
from regmap.services.corrections import Corrections
from regmap.services.snapshot import Snapshot
from regmap.services.source import SnapshotSource

_DAY_SECONDS = 86_400
_QUANTILES = (0.5, 0.9, 1.0)


class StateMetrics(Collector):
    """Measures the data set and its store, from any worker.

    :param today: gives the day (UTC) that evidence is aged by.
    """

    def __init__(
        self,
        source: SnapshotSource[Services],
        corrections: Corrections,
        today: Callable[[], date],
    ) -> None:
        self._source = source
        self._corrections = corrections
        self._today = today

    def collect(self) -> Iterator[Metric]:
        """All that is measured; what only the store knows is left out while it is away."""
        snapshot = self._source.current().snapshot
        yield _told("build", "The program that runs.", version=__version__, python=_python())
        yield _told("data", "The data that is served.", data_version=snapshot.data_version)
        yield from _evidence(snapshot, self._today())
        is_reachable = self._source.freshness().reached
        if is_reachable:
            try:
                yield from list(self._queue())
            except DataProblem:
                is_reachable = False
        yield GaugeMetricFamily(
            "regmap_store_reachable", "Whether the store answers (1) or not (0).", int(is_reachable)
        )

    def _queue(self) -> Iterator[Metric]:
        counts = self._corrections.counts()
        states = GaugeMetricFamily("regmap_corrections", "Corrections by state.", labels=["state"])
        for state, number in counts.items():
            states.add_metric([state], number)
        yield states
        yield GaugeMetricFamily(
            "regmap_oldest_pending_correction_seconds",
            "How long the oldest correction waits for a curator; 0: none waits.",
            self._longest_wait(counts),
        )

    def _longest_wait(self, counts: Mapping[State, int]) -> float:
        waiting = counts[State.PENDING]
        if not waiting:
            return 0.0
        # the newest comes first
        oldest, _ = self._corrections.listed(
            states=[State.PENDING], offset=waiting - 1, limit=1, bare=True
        )
        now = datetime.now(UTC)
        return max(((now - one.submitted_at).total_seconds() for one in oldest), default=0.0)


def _told(name: str, meaning: str, **labels: str) -> Metric:
    told = GaugeMetricFamily(f"regmap_{name}_info", meaning, labels=list(labels))
    told.add_metric(list(labels.values()), 1)
    return told


def _evidence(snapshot: Snapshot, today: date) -> Iterator[Metric]:
    records = GaugeMetricFamily("regmap_records", "Records.", labels=["substance"])
    undated = GaugeMetricFamily(
        "regmap_evidence_undated_records",
        "Records whose evidence has no known date; they count in no age.",
        labels=["substance"],
    )
    ages = GaugeMetricFamily(
        "regmap_evidence_age_seconds",
        "Age of the evidence of records: median, ninth decile and oldest.",
        labels=["substance", "quantile"],
    )
    old = GaugeMetricFamily(
        "regmap_evidence_old_ratio",
        "Share of the dated records whose evidence is older than a year.",
        labels=["substance"],
    )
    for code in snapshot.substances:
        dates = [one.evidence_as_of for key, one in snapshot.records.items() if key[1] == code]
        days = sorted(max(0, (today - one.first_day).days) for one in dates if one is not None)
        records.add_metric([code], len(dates))
        undated.add_metric([code], len(dates) - len(days))
        if not days:
            continue
        for share in _QUANTILES:
            ages.add_metric([code, str(share)], _quantile(days, share) * _DAY_SECONDS)
        old.add_metric([code], sum(one > STALE_AFTER_DAYS for one in days) / len(days))
    yield from (records, undated, ages, old)


def _quantile(ordered: Sequence[int], share: float) -> int:
    """The smallest value that so large a share of all does not exceed."""
    return ordered[ceil(share * len(ordered)) - 1]


def _python() -> str:
    return platform.python_version()
