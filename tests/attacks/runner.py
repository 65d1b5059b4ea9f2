"""Loads the corpus, and counts what a program might leave behind on the host.

A corpus file is the program itself; the comment lines at its top declare what is expected of it:

    # problem: key of the problem that it attacks, or `probe` for a test of its own
    # verdict: the verdicts it may get, separated by |
    # why: one line
    # unsafe: true, where it must not run outside a jail
    # limits: tight, where it only ends by running into a limit
    # test: a line of its own test, for entry point `f`
    # in-process: the verdict under in-process judging, where that differs

A program outside `controls/` and `codec/` is wrong: it may compute the right answer only with the help of
something that it must not reach.
"""

import os
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from attacks.generated import GENERATED
from attacks.problems import PROBLEMS, probe

from sandbox import Check, Program, Verdict

__all__ = ["HONEST_CLASSES", "Attack", "Census", "load_corpus", "resident_bytes"]

HONEST_CLASSES = frozenset({"controls", "codec"})
_CORPUS = Path(__file__).parent / "corpus"
_KEYS = ("problem", "verdict", "why", "unsafe", "limits", "test", "in-process", "coding", "-*- coding")


@dataclass(frozen=True, slots=True)
class Attack:
    """One program of the corpus and what it declares."""

    name: str
    source: str
    problem: str
    check: Check
    verdicts: frozenset[Verdict]
    why: str
    unsafe: bool
    tight: bool
    in_process: Verdict | None

    @property
    def attack_class(self) -> str:
        """The folder that the program lies in."""
        return self.name.partition("/")[0]

    @property
    def honest(self) -> bool:
        """Whether the program is a control rather than a wrong solution."""
        return self.attack_class in HONEST_CLASSES

    @property
    def program(self) -> Program:
        """What the sandbox is given."""
        return Program(self.source, self.check)


@cache
def load_corpus() -> tuple[Attack, ...]:
    """Return every program of the corpus, files first, each class in the order of its names.

    Raises:
        ValueError: a header is incomplete, or names an unknown key, problem or verdict.
    """
    files = {
        path.relative_to(_CORPUS).with_suffix("").as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(_CORPUS.glob("*/*.py"))
    }
    return tuple(_attack(name, source) for name, source in (files | GENERATED).items())


def _attack(name: str, source: str) -> Attack:
    header: dict[str, list[str]] = {}
    for line in source.split("\n"):
        key, found, value = line.removeprefix("# ").partition(": ")
        if not line.startswith("# ") or not found or key not in _KEYS:
            break
        header.setdefault(key, []).append(value)
    try:
        problem = header["problem"][0]
        verdicts = frozenset(Verdict(word.strip()) for word in header["verdict"][0].split("|"))
        check = probe(tuple(header["test"])) if problem == "probe" else PROBLEMS[problem].check
        why = header["why"][0]
    except (KeyError, ValueError) as error:
        raise ValueError(f"{name}: bad header: {error!r}") from error
    in_process = header.get("in-process")
    return Attack(
        name=name,
        source=source,
        problem=problem,
        check=check,
        verdicts=verdicts,
        why=why,
        unsafe=header.get("unsafe") == ["true"],
        tight=header.get("limits") == ["tight"],
        in_process=Verdict(in_process[0]) if in_process else None,
    )


@dataclass(frozen=True, slots=True)
class Census:
    """What this process and the processes below it hold of the host.

    Attributes:
        processes: descendants, zombies included, in whatever pid namespace they live.
        workers: process numbers of the own children, in order; they make no difference between two counts.
        descriptors: open descriptors of this process.
        mounts: this process's mount table.
        files: names in the temporary directory, and names that the corpus uses in places all processes share.
        settings: host name, umask, niceness, processors and working directory of this process.
    """

    processes: int
    descriptors: int
    mounts: str
    files: tuple[str, ...]
    settings: tuple[object, ...]
    workers: tuple[int, ...] = field(compare=False)

    @classmethod
    def take(cls) -> "Census":
        """Count now."""
        umask = os.umask(0o077)
        os.umask(umask)
        families = _families()
        return cls(
            processes=len(list(_descendants(families))),
            workers=tuple(sorted(families.get(os.getpid(), ()))),
            descriptors=len(list(Path("/proc/self/fd").iterdir())),
            mounts="".join(_own_mounts()),
            files=tuple(sorted(_leftovers())),
            settings=(
                socket.gethostname(),
                umask,
                os.getpriority(os.PRIO_PROCESS, 0),
                len(os.sched_getaffinity(0)),
                Path.cwd(),
            ),
        )


def _own_mounts() -> Iterator[str]:
    """Yield the mount table's lines, without those by which a container engine keeps its containers."""
    for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines(keepends=True):
        if "/docker/" not in line:
            yield line


def _descendants(families: dict[int, list[int]]) -> Iterator[int]:
    """Yield the process numbers of all descendants of this process."""
    waiting = list(families.get(os.getpid(), ()))
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting.extend(families.get(pid, ()))


def _families() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb", buffering=0) as file:
                    stat = file.read(1024)
            except OSError:  # it ended between the listing and the reading
                continue
            parent = int(stat.rpartition(b")")[2].split(None, 2)[1])
            found.setdefault(parent, []).append(int(name))
    return found


def resident_bytes() -> int:
    """Return the resident memory of all descendants together."""
    total = 0
    for pid in _descendants(_families()):
        try:
            pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
        except OSError:
            continue
        total += int(pages) * os.sysconf("SC_PAGE_SIZE")
    return total


# System V keys and names that the corpus uses: 0x5041 and `passlaw_attack`, `passlaw_was_here`.
def _leftovers() -> Iterator[str]:
    # A container's folder has a random name, another one when its worker is replaced.
    for path in Path(tempfile.gettempdir()).iterdir():
        yield "passlaw-" if path.name.startswith("passlaw-") else path.name
    for shared in ("/dev/shm", "/dev/mqueue", "/tmp", "/", os.curdir):
        if Path(shared).is_dir():
            yield from (str(path) for path in Path(shared).iterdir() if "passlaw_" in path.name)
    for table in ("shm", "sem", "msg"):
        path = Path("/proc/sysvipc") / table
        if path.exists():
            lines = path.read_text(encoding="ascii").splitlines()[1:]
            yield from (f"sysv {table}" for line in lines if int(line.split()[0]) == 0x5041)
    yield from (
        line.split()[-1]
        for line in Path("/proc/net/unix").read_text(encoding="utf-8", errors="replace").splitlines()
        if "passlaw_attack" in line
    )
