"""A cache of outcomes by content: a program that ran under the same conditions is not run again.

One SQLite file that any tool can open. The key holds everything an outcome depends on: program, check,
limits, judge, execution mode, isolation, interpreter, kernel, policy and the sandbox's own code; a change
to any of them is another key. Only the seed of tests that draw their inputs is left out. Off unless asked
for: a kept outcome is only as good as the run that made it.
"""

import contextlib
import datetime as dt
import hashlib
import itertools
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from evaluator.errors import CacheError
from sandbox import Check, Description, Outcome, Program
from sandbox.check_kinds import plain_check
from sandbox.program import OUTCOME_FIELDS
from sandbox.source_hash import sandbox_code

__all__ = ["Cache", "CacheInfo"]

RunPrograms = Callable[[Iterable[Program]], Iterator[Outcome]]

_APPLICATION: Final = 0x50415353  # "PASS", in the file's header
_AHEAD: Final = 4096  # programs looked up together
_CONDITIONS: Final = (
    "backend", "isolation", "judge", "execution", "limits", "python", "policy_sha256", "landlock",
    "control_groups", "kernel", "packages",
)  # fmt: skip
_TABLE: Final = """
create table if not exists outcomes (
    key blob primary key, made text not null, verdict text not null, outcome text not null,
    digest blob not null
) without rowid
"""


@dataclass(frozen=True, slots=True)
class CacheInfo:
    """What a cache holds: outcomes in all and by verdict, the first and last day, and the file's size."""

    path: str
    outcomes: int
    verdicts: dict[str, int]
    first: str | None
    last: str | None
    size_bytes: int


class Cache:
    """A file of outcomes; use it as a context manager. `keep` commits what was added.

    Args:
        path: the file; made if it is not there.

    Attributes:
        hits: programs that were not run because their outcome was known.
        outdated: whether all it holds was made by another version of the sandbox, so that nothing is reused.

    Raises:
        CacheError: the file is no cache, damaged, or in use.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.hits = 0
        try:
            self._database = sqlite3.connect(path, isolation_level=None, timeout=5.0)
        except sqlite3.Error as error:
            raise CacheError(f"{path}: cannot be opened: {error}; choose another place") from None
        try:
            with self._explained():
                self._prepare()
        except BaseException:
            self._database.close()
            raise

    def _prepare(self) -> None:
        ask = self._database.execute
        (application,) = ask("pragma application_id").fetchone()
        (tables,) = ask("select count(*) from sqlite_master").fetchone()
        if application != _APPLICATION and (application or tables):
            raise CacheError(f"{self.path}: is a database of something else; choose another place")
        if ask("pragma quick_check(1)").fetchone() != ("ok",):
            raise CacheError(f"{self.path}: is damaged; delete it, and the next run makes a new one")
        ask(f"pragma application_id = {_APPLICATION}")
        ask(_TABLE)
        (version,) = ask("pragma user_version").fetchone()
        (holds,) = ask("select exists (select 1 from outcomes)").fetchone()
        self.outdated = bool(holds) and version != _version()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()  # what was not kept is dropped

    def around(self, run: RunPrograms, description: Description) -> RunPrograms:
        """Return a `run` that yields known outcomes without running, and adds those that it runs.

        An outcome that the machinery or a second try had a part in is not added.
        """
        about = description.as_dict()
        conditions = json.dumps(
            [sandbox_code(), *(about[name] for name in _CONDITIONS)], default=str
        ).encode()

        def cached(programs: Iterable[Program]) -> Iterator[Outcome]:
            with self._explained():
                self._database.execute("begin immediate")
            rest = iter(programs)
            while ahead := list(itertools.islice(rest, _AHEAD)):
                keys = [_key(conditions, program) for program in ahead]
                found = [self._get(key) for key in keys]
                pairs = zip(ahead, found, strict=True)
                fresh = run([program for program, known in pairs if known is None])
                for key, known in zip(keys, found, strict=True):
                    if known is None:
                        outcome = next(fresh)
                        self._add(key, outcome)
                        yield outcome
                    else:
                        self.hits += 1
                        yield known

        return cached

    def discard(self) -> None:
        """Drop what was added."""
        with self._explained():
            if self._database.in_transaction:
                self._database.execute("rollback")

    def keep(self) -> None:
        """Commit the outcomes that were added."""
        with self._explained():
            if self._database.in_transaction:
                self._database.execute(f"pragma user_version = {_version()}")
                self._database.execute("commit")

    def _get(self, key: bytes) -> Outcome | None:
        with self._explained():
            row = self._database.execute(
                "select outcome, digest from outcomes where key = ?", (key,)
            ).fetchone()
        if row is None or row[1] != _digest(key, row[0]):
            return None
        parts = json.loads(row[0])
        return Outcome.from_plain(parts[name] for name in OUTCOME_FIELDS)

    def _add(self, key: bytes, outcome: Outcome) -> None:
        if not outcome.verdict.scored or outcome.attempts > 1:
            return
        text, today = (
            json.dumps(dict(zip(OUTCOME_FIELDS, outcome.to_plain(), strict=True))),
            dt.datetime.now(dt.UTC).date().isoformat(),
        )
        row = (key, today, outcome.verdict.value, text, _digest(key, text))
        with self._explained():
            self._database.execute("insert or replace into outcomes values (?, ?, ?, ?, ?)", row)

    def info(self) -> CacheInfo:
        """Return a summary of the cache."""
        with self._explained():
            ask = self._database.execute
            verdicts = dict(ask("select verdict, count(*) from outcomes group by verdict order by 2 desc"))
            first, last = ask("select min(made), max(made) from outcomes").fetchone()
        size = self.path.stat().st_size
        return CacheInfo(str(self.path), sum(verdicts.values()), verdicts, first, last, size)

    def clear(self) -> int:
        """Delete every outcome; return how many there were."""
        with self._explained():
            dropped = self._database.execute("delete from outcomes").rowcount
            self._database.execute("vacuum")
        return dropped

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise CacheError(f"{self.path}: {error}; is another run using it, or is the disk full?") from None
        except sqlite3.DatabaseError as error:
            raise CacheError(f"{self.path}: is not a cache, or is damaged ({error}); delete it") from None


def _version() -> int:
    """Return a number of 28 bits for the sandbox's code, as SQLite's header has room for."""
    return int(sandbox_code()[:7], 16)


def _key(conditions: bytes, program: Program) -> bytes:
    source = program.source.encode("utf-8", "surrogatepass")
    digest = hashlib.blake2b(conditions, digest_size=24)
    digest.update(_check_digest(program.check))
    digest.update(source)
    return digest.digest()


@lru_cache(maxsize=4096)
def _check_digest(check: Check) -> bytes:
    parts = json.dumps(plain_check(check))
    return hashlib.blake2b(parts.encode(), digest_size=24).digest()


def _digest(key: bytes, text: str) -> bytes:
    return hashlib.blake2b(key + text.encode(), digest_size=16).digest()
