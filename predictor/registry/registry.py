"""Registered predictions: a canonical record, its SHA-256, and a log in which each line seals the last.

A line holds the hash of the line before it, so that an edit, a deletion or a swap anywhere breaks the chain
from there on. The log lives behind `Log`, a small interface that a database can take over. What it cannot
show is the removal of its newest lines: publish the last seal, or keep it elsewhere, to make that visible
too.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, Protocol

from predictor.errors import RegistryError
from predictor.forecasts.canonical import canonical, digest
from predictor.presentation import html_table
from predictor.registry.entry_text import predicted_and_observed, subject
from predictor.registry.outcomes import score_outcome, target_name

__all__ = ["Entry", "FileLog", "Log", "Problem", "Registry", "find"]

GENESIS = "0" * 64


class Entry(NamedTuple):
    """One entry of a registry.

    Attributes:
        number: from 1.
        kind: `forecast` or `outcome`.
        time: UTC, ISO 8601.
        body: the record, or the outcome with its scores.
        previous: the seal of the entry before it.
        seal: SHA-256 over this entry and `previous`.
    """

    number: int
    kind: str
    time: str
    body: Mapping[str, object]
    previous: str
    seal: str

    def to_json(self) -> dict[str, object]:
        """Return the line as an object."""
        return dict(self._asdict())

    def __repr__(self) -> str:
        found = "; ".join(f"{metric} {numbers}" for metric, numbers in predicted_and_observed(self.body)[:2])
        return f"Entry({self.number}, {self.kind} of {self.time}: {subject(self.body)}: {found})"

    def _repr_html_(self) -> str:
        title = f"Registry entry {self.number}, {self.kind} of {self.time}: {subject(self.body)}"
        notes = [f"record {str(self.body.get('record_sha256'))[:12]}, seal {self.seal[:12]}"]
        return html_table(title, ("metric", "value"), predicted_and_observed(self.body), notes)


class Problem(NamedTuple):
    """What `verify` found wrong, and where: the line's number, from 1."""

    number: int
    message: str


class Log(Protocol):
    """What a registry writes to: an append-only sequence of texts, such as `FileLog` or a database table."""

    def lines(self) -> list[str]:
        """Return every line, oldest first."""

    def append(self, write: Callable[[list[str]], str]) -> str:
        """Append what `write` makes of the lines so far, with no other writer in between; return it."""


class Registrable(Protocol):
    """A forecast that can be registered."""

    def record(self) -> Mapping[str, object]:
        """Return what is registered."""


class FileLog:
    """A log in one file of JSON lines. Writers take a lock; a line is written whole, then synced to disk."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def __repr__(self) -> str:
        return f"FileLog({str(self.path)!r})"

    def lines(self) -> list[str]:
        """Return every line, whole or not: what no writer here would leave fails `verify`."""
        return self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []

    def append(self, write: Callable[[list[str]], str]) -> str:
        """Append a line; see `Log.append`. A failed write is undone, so that nothing half-written stays."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._locked():
            line = write(self.lines())
            data = (line + "\n").encode()
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            try:
                _write_whole(descriptor, data)
            finally:
                os.close(descriptor)
        return line

    @contextmanager
    def _locked(self) -> Iterator[None]:
        # The lock has a file of its own: the log itself may be copied or replaced while someone waits.
        with self.path.with_name(self.path.name + ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _write_whole(descriptor: int, data: bytes) -> None:
    size = os.fstat(descriptor).st_size
    try:
        written = os.write(descriptor, data)
        os.fsync(descriptor)
    except OSError:
        os.ftruncate(descriptor, size)
        raise
    if written != len(data):
        os.ftruncate(descriptor, size)
        raise RegistryError(f"wrote {written} of {len(data)} bytes, undone; make room on the disk")


class Registry:
    """Registers forecasts, attaches outcomes, and checks the chain.

    Args:
        log: where entries stand: a `Log`, or the path of a file for a `FileLog`.
    """

    def __init__(self, log: Log | str | Path) -> None:
        self.log: Log = FileLog(log) if isinstance(log, str | Path) else log

    def __repr__(self) -> str:
        return f"Registry({self.log!r})"

    def register(self, record: Mapping[str, object] | Registrable, known_outcome: str | None = None) -> Entry:
        """Seal a forecast's record.

        Args:
            record: a forecast, or its `record()`.
            known_outcome: a sentence that says where the outcome already is, if anywhere.

        Raises:
            RegistryError: the outcome is already known, here or by `known_outcome`; the record is registered
                already; or the log does not verify.
        """
        record = record if isinstance(record, Mapping) else record.record()
        settings = record.get("settings")
        if isinstance(settings, Mapping) and settings.get("outcome_in_table"):
            known_outcome = "the table of this forecast held the target's own results"
        if known_outcome:
            raise RegistryError(f"{known_outcome}; a prediction is registered before its outcome is known")
        sha = digest(record)
        name = target_name(record)

        def body(entries: list[Entry]) -> tuple[str, Mapping[str, object]]:
            for entry in entries:
                if entry.kind == "forecast" and entry.body["record_sha256"] == sha:
                    raise RegistryError(
                        f"record {sha[:12]} stands already in entry {entry.number}; nothing to add"
                    )
                if entry.kind == "outcome" and name is not None and entry.body.get("target") == name:
                    raise RegistryError(
                        f"the outcome of {name} was recorded in entry {entry.number}; it is known"
                    )
            return "forecast", {"record_sha256": sha, "record": record}

        return self._append(body)

    def resolve(self, reference: str, outcome: Mapping[str, float]) -> Entry:
        """Attach an outcome to a registered forecast and score it.

        Args:
            reference: the record's SHA-256 or at least 6 characters of its beginning.
            outcome: metric -> value, such as `{"neg_mean_log_pass": .299}` or `{"loss": 1.257}`.

        Raises:
            RegistryError: no such forecast, already resolved, or a metric that was not forecast.
        """

        def body(entries: list[Entry]) -> tuple[str, Mapping[str, object]]:
            entry = find(entries, reference)
            sha = str(entry.body["record_sha256"])
            if any(e.kind == "outcome" and e.body["record_sha256"] == sha for e in entries):
                raise RegistryError(
                    f"forecast {sha[:12]} has its outcome already; register a new forecast instead"
                )
            record = entry.body["record"]
            assert isinstance(record, Mapping)
            scores = {metric: score_outcome(record, metric, value) for metric, value in outcome.items()}
            target = target_name(record)
            return "outcome", {
                "record_sha256": sha,
                "target": target,
                "outcome": dict(outcome),
                "scores": scores,
            }

        return self._append(body)

    def entries(self) -> list[Entry]:
        """Return every entry; raise `RegistryError` that names the first broken line."""
        entries, problems = _read(self.log.lines())
        if problems:
            raise RegistryError(
                f"entry {problems[0].number}: {problems[0].message}; restore the log from a copy"
            )
        return entries

    def verify(self) -> list[Problem]:
        """Return every line that was changed or does not follow its predecessor; empty if all is well."""
        return _read(self.log.lines())[1]

    def _append(self, body: Callable[[list[Entry]], tuple[str, Mapping[str, object]]]) -> Entry:
        made: list[Entry] = []

        def write(lines: list[str]) -> str:
            entries, problems = _read(lines)
            if problems:
                raise RegistryError(
                    f"entry {problems[0].number}: {problems[0].message}; restore the log from a copy"
                )
            kind, content = body(entries)
            previous = entries[-1].seal if entries else GENESIS
            time = datetime.now(UTC).isoformat(timespec="seconds")
            unsealed = Entry(len(entries) + 1, kind, time, content, previous, "")
            made.append(unsealed._replace(seal=_seal(unsealed)))
            return canonical(made[0].to_json())

        self.log.append(write)
        return made[0]


def find(entries: list[Entry], reference: str) -> Entry:
    """Return the forecast whose hash begins with `reference`; raise `RegistryError` for none or several."""
    matches = [
        e for e in entries if e.kind == "forecast" and str(e.body["record_sha256"]).startswith(reference)
    ]
    if len(reference) >= 6 and len(matches) == 1:
        return matches[0]
    known = ", ".join(str(e.body["record_sha256"])[:12] for e in entries if e.kind == "forecast")
    if not known:
        raise RegistryError("no forecast is registered yet; register one first")
    if len(reference) < 6:
        why, step = f"{reference!r} is too short to name a forecast", "give 6 or more characters of one of"
    elif not matches:
        why, step = f"no forecast's hash begins with {reference!r:.80}", "those that are registered are"
    else:
        why, step = f"{len(matches)} forecasts begin with {reference!r:.80}", "give more characters of one of"
    raise RegistryError(f"{why}; {step}: {known}")


def _seal(entry: Entry) -> str:
    return digest({**entry.to_json(), "seal": ""})


def _read(lines: list[str]) -> tuple[list[Entry], list[Problem]]:
    entries: list[Entry] = []
    problems: list[Problem] = []
    previous = GENESIS
    for number, line in enumerate(lines, start=1):
        entry = _parse(line)
        if entry is None:
            problems.append(Problem(number, "not an entry"))
            continue
        if entry.seal != _seal(entry) or canonical(entry.to_json()) != line:
            problems.append(Problem(number, "its text was changed after it was sealed"))
        elif entry.number != number or entry.previous != previous:
            problems.append(
                Problem(number, "it does not follow the entry before it: one was removed, added or moved")
            )
        elif entry.kind == "forecast" and digest(entry.body["record"]) != entry.body["record_sha256"]:
            problems.append(Problem(number, "the record does not match its hash"))
        previous = entry.seal
        entries.append(entry)
    return entries, problems


def _parse(line: str) -> Entry | None:
    try:
        entry = Entry(**json.loads(line))
    except (TypeError, ValueError):
        return None
    sound = isinstance(entry.body, Mapping) and isinstance(entry.number, int)
    return (
        entry
        if sound and (entry.kind != "forecast" or {"record", "record_sha256"} <= set(entry.body))
        else None
    )
