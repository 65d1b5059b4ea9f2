"""What this machine's kernel offers to a jail, each feature tried rather than told from a version.

Every probe is a function of its own that returns a `Probe` and leaves nothing behind.
"""

import platform
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sandbox.errors import IsolationError
from sandbox.jail import cgroups, landlock, libc, syscalls

__all__ = ["PROBES", "Probe", "namespaces_work"]

_PR_GET_SECCOMP: Final = 21
_NAMESPACES: Final = {
    "user": 0x10000000, "mount": 0x00020000, "pid": 0x20000000, "network": 0x40000000, "ipc": 0x08000000,
    "host name": 0x04000000, "control group": 0x02000000,
}  # fmt: skip
_TRY_NAMESPACE: Final = """
import sys
sys.path.insert(0, sys.argv[1])
from sandbox.jail import libc
for flag in sys.argv[2:]:
    libc.unshare(int(flag))
"""
_TRY_MOUNT: Final = """
libc.mount("none", "/", flags=libc.MS_REC | libc.MS_PRIVATE)
libc.mount("tmpfs", "/tmp", "tmpfs", libc.MS_NOSUID | libc.MS_NODEV, "size=4096")
"""
# Settings that forbid ordinary users their namespaces, the value that does, and what to do about it.
_FORBIDDING: Final = {
    "/proc/sys/user/max_user_namespaces": ("0", "sysctl -w user.max_user_namespaces=15000"),
    "/proc/sys/kernel/unprivileged_userns_clone": ("0", "sysctl -w kernel.unprivileged_userns_clone=1"),
    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": (
        "1",
        "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor profile with userns",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What was found.

    Attributes:
        name: what was tried.
        ok: whether it works here.
        found: what was seen: a version, a number, the error.
        meaning: what it is good for.
        remedy: how to get it, where it is missing.
    """

    name: str
    ok: bool
    found: str
    meaning: str
    remedy: str = ""


def user_namespaces() -> Probe:
    """Return whether this user may make every namespace that the jail consists of."""
    meaning = "its own users, files, processes, network: what the level `namespaces` is made of"
    folder = str(Path(__file__).resolve().parents[2])
    refused = []
    for name, flag in _NAMESPACES.items():
        flags = [str(flag)] if name == "user" else [str(_NAMESPACES["user"]), str(flag)]
        done = subprocess.run(  # noqa: S603 - our own text in this interpreter
            [sys.executable, "-I", "-S", "-c", _TRY_NAMESPACE, folder, *flags],
            capture_output=True,
            check=False,
        )
        if done.returncode:
            refused.append(f"{name} ({done.stderr.decode(errors='replace').strip().rpartition(': ')[2]})")
    if not refused:
        return Probe(name="user namespaces", ok=True, found=f"all {len(_NAMESPACES)} kinds", meaning=meaning)
    return Probe(
        name="user namespaces",
        ok=False,
        found=f"refused: {', '.join(refused)}",
        meaning=meaning,
        remedy=_remedy(),
    )


def namespaces_work() -> bool:
    """Return whether this process may make all namespaces at once and mount a file system inside, quickly."""
    folder = str(Path(__file__).resolve().parents[2])
    command = [sys.executable, "-I", "-S", "-c", _TRY_NAMESPACE + _TRY_MOUNT, folder]
    flags = [str(_NAMESPACES["user"]), str(sum(_NAMESPACES.values()) - _NAMESPACES["user"])]
    done = subprocess.run([*command, *flags], capture_output=True, check=False)  # noqa: S603 - as above
    return not done.returncode


def _remedy() -> str:
    for path, (value, command) in _FORBIDDING.items():
        file = Path(path)
        if file.exists() and file.read_text().strip() == value:
            return f"as root: {command}"
    if Path("/.dockerenv").exists() or Path("/run/.containerenv").exists():
        return "a container's usual seccomp profile forbids them; run outside, or accept the level `landlock`"
    return "ask the machine's owner to allow user namespaces, or use the docker backend"


def seccomp() -> Probe:
    """Return whether the kernel filters system calls, and we know their numbers here."""
    meaning = "programs make only the system calls that the policy lists"
    try:
        libc.prctl(_PR_GET_SECCOMP)
        known = len(syscalls.numbers())
    except (OSError, IsolationError) as error:
        return Probe(
            name="seccomp",
            ok=False,
            found=str(error),
            meaning=meaning,
            remedy="a kernel with CONFIG_SECCOMP_FILTER on x86_64 or aarch64",
        )
    return Probe(
        name="seccomp", ok=True, found=f"{known} calls known on {platform.machine()}", meaning=meaning
    )


def landlock_version() -> Probe:
    """Return the kernel's Landlock version; from 6 on, signals and abstract sockets are restricted too."""
    version = landlock.abi()
    meaning = "a second lock on files; from version 6 also on signals, which the level `landlock` rests on"
    remedy = "a kernel from 6.12 with landlock among its security modules (boot with lsm=landlock,...)"
    return Probe(
        name="landlock",
        ok=version > 0,
        found=f"version {version}",
        meaning=meaning,
        remedy=remedy if version < 6 else "",
    )


def control_groups() -> Probe:
    """Return whether this process may make control groups, which bound a worker's processes together."""
    meaning = "memory and processes of a worker bounded as a whole; without, only process by process"
    group = cgroups.create_group(1 << 30, 64)
    if group is None:
        remedy = (
            "run in a delegated group (systemd-run --user --scope -p Delegate=yes), as root, or use docker"
        )
        return Probe(
            name="control groups", ok=False, found="may not be made here", meaning=meaning, remedy=remedy
        )
    group.remove()
    return Probe(name="control groups", ok=True, found=f"version {group.version}", meaning=meaning)


def fair_clock() -> Probe:
    """Return whether time spent waiting for a core can be told from time spent asleep."""
    meaning = "a program that sleeps is told from one that is starved; without, it is run again alone"
    try:
        found = Path("/proc/self/schedstat").read_text().split()[1]
    except (OSError, IndexError) as error:
        return Probe(
            name="fair clock",
            ok=False,
            found=str(error),
            meaning=meaning,
            remedy="a kernel with CONFIG_SCHED_INFO",
        )
    return Probe(name="fair clock", ok=True, found=f"{int(found) / 1e9:.3f} s waited so far", meaning=meaning)


PROBES: Final[tuple[Callable[[], Probe], ...]] = (
    user_namespaces,
    seccomp,
    landlock_version,
    control_groups,
    fair_clock,
)
