"""The registry as the pages show it, and forecasts that stand in it alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from evaluator.service.context import Service
from evaluator.service.lookup import found_or_404
from evaluator.store import StoredForecast, StoreLog
from evaluator.store.forecasts import get_forecast
from predictor import Entry, Registry

__all__ = ["Registered", "find_forecast", "record_of_entry"]


@dataclass(frozen=True, slots=True)
class Registered:
    """The registry: entries by their forecast's hash, or what is wrong with its chain."""

    entries: tuple[Entry, ...]
    problems: tuple[str, ...]
    forecasts: dict[str, Entry]
    outcomes: dict[str, Entry]

    @classmethod
    def read(cls, service: Service) -> "Registered":
        """Read the registry of a service's store and verify its chain."""
        registry = Registry(StoreLog(service.store))
        broken = tuple(f"entry {each.number}: {each.message}" for each in registry.verify())
        entries = () if broken else tuple(registry.entries())
        by_kind: dict[str, dict[str, Entry]] = {"forecast": {}, "outcome": {}}
        for entry in entries:
            by_kind[entry.kind][str(entry.body["record_sha256"])] = entry
        return cls(entries, broken, by_kind["forecast"], by_kind["outcome"])

    def observed(self, sha256: str) -> Mapping[str, Any]:
        """Return the measured values of a forecast, by metric; empty while they are open."""
        entry = self.outcomes.get(sha256)
        values: Any = entry.body["outcome"] if entry else {}
        return dict(values)


def record_of_entry(entry: Entry) -> Mapping[str, Any]:
    """The record that an entry registers."""
    record: Any = entry.body["record"]
    return dict(record)


def find_forecast(service: Service, sha256: str, registered: Registered) -> StoredForecast:
    """Return a stored forecast, or one whose record alone is there because the command line registered it.

    Raises:
        HTTPProblemError: there is neither.
    """
    with service.store.read() as db:
        found = get_forecast(db, sha256)
    entry = registered.forecasts.get(sha256)
    if found is None and entry is not None:
        made = datetime.fromisoformat(entry.time).timestamp()
        found = StoredForecast(sha256, "local", made, record_of_entry(entry), ())
    return found_or_404(found, f"forecast {sha256[:12]}", "the list of forecasts (GET /v1/forecasts)")
