"""What the results of all forecasts share: the record, and its JSON with a hash."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Final

from predictor.forecasts.canonical import CODE_VERSION, digest
from predictor.forecasts.estimates import ForecastWarning

__all__ = ["REVISIONS", "ForecastResult"]

# By kind of record: raised by 1 with each change after which the same table gives other numbers. Records
# without a revision are of the first. Forecasts of pass rates have a revision for each method, see
# `predictor.methods.catalog`.
REVISIONS: Final[Mapping[str, int]] = {"accuracy": 2, "comparison": 1, "loss": 1, "run": 2, "samples": 1}


class ForecastResult(ABC):
    """The result of a forecast; each subclass says in its docstring under which names outcomes are given."""

    __slots__ = ()
    warnings: tuple[ForecastWarning, ...]

    @abstractmethod
    def _content(self) -> Mapping[str, object]:
        """Return `kind`, `settings` and what else the record has of its own."""

    def record(self) -> dict[str, object]:
        """Return what is registered: plain values, ready for JSON, with the version of the code."""
        content = dict(self._content())
        settings = content.pop("settings")
        assert isinstance(settings, Mapping)
        kind = str(content["kind"])
        revision = {"method_revision": REVISIONS[kind]} if kind in REVISIONS else {}
        return content | {
            "warnings": [warned._asdict() for warned in self.warnings],
            "settings": {**settings, **revision},
            "code": CODE_VERSION,
        }

    def to_json(self) -> dict[str, object]:
        """Return the record, what a kind adds to it, and the record's SHA-256 as `record_sha256`."""
        record = self.record()
        return record | self._beside() | {"record_sha256": digest(record)}

    def _beside(self) -> dict[str, object]:
        """Return what the JSON has beside the record."""
        return {}
