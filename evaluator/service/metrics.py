"""Figures for Prometheus: requests as they are served, and what the store says when it is asked."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from evaluator.store import RunState, Store
from evaluator.store.job_queue import count_waiting
from evaluator.store.schema import RUNS, TALLIES

__all__ = ["Metrics"]


class Metrics:
    """One service's figures."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter("passlaw_requests", "Requests served.", labels, registry=self.registry)
        self._seconds = Histogram(
            "passlaw_request_seconds", "Seconds from a request to the end of its answer.",
            ("method", "route"), registry=self.registry,
        )  # fmt: skip
        self.code_runs = Counter(
            "passlaw_code_runs", "Programs of /run_code, by what came of them.", ("status",),
            registry=self.registry,
        )  # fmt: skip

    def served(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; unknown routes and methods count as one, so that nobody can make new series."""
        method = method if method in {"GET", "HEAD", "POST", "PUT", "DELETE"} else "other"
        route = route or "unknown"
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def watch(self, store: Store) -> None:
        """Have the store asked whenever the figures are."""
        self.registry.register(_StoreFigures(store))

    def text(self) -> bytes:
        """Return the figures in the text format of Prometheus."""
        return generate_latest(self.registry)


class _StoreFigures(Collector):
    def __init__(self, store: Store) -> None:
        self._store = store

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        with self._store.read() as db:
            states = db.execute(select(RUNS.c.state, func.count()).group_by(RUNS.c.state)).all()
            verdicts = db.execute(
                select(TALLIES.c.verdict, func.sum(TALLIES.c.samples)).group_by(TALLIES.c.verdict)
            ).all()
            waiting = count_waiting(db)
        runs = GaugeMetricFamily("passlaw_runs", "Runs in the store by state.", labels=["state"])
        known: dict[str, int] = {row.state: row[1] for row in states}
        for state in RunState:
            runs.add_metric([state], known.get(state, 0))
        yield runs
        samples = GaugeMetricFamily("passlaw_samples", "Samples scored by verdict.", labels=["verdict"])
        for verdict, count in verdicts:
            samples.add_metric([verdict], int(count))
        yield samples
        yield GaugeMetricFamily("passlaw_runs_unfinished", "Runs that are queued or worked on.", waiting)
