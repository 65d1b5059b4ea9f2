"""What a judge and a zygote do to be enclosed, step by step; a step that fails is named.

Runs in the process that is to be enclosed, with the settings that its worker got from the host.
"""

import os
import signal
import socket
from collections.abc import Callable, Sequence
from typing import Any

from sandbox.errors import SandboxError
from sandbox.jail import landlock, libc, privileges
from sandbox.jail.root import enter_root
from sandbox.jail.seccomp_install import install_filter

__all__ = [
    "NEW_PID",
    "NEW_USER",
    "enclose_judge",
    "enclose_judge_plainly",
    "enclose_single_process_zygote",
    "enclose_zygote",
    "named_step",
]

NEW_USER, _NEW_MOUNT, NEW_PID, _NEW_NET = 0x10000000, 0x00020000, 0x20000000, 0x40000000
_NEW_IPC, _NEW_UTS, _NEW_CGROUP = 0x08000000, 0x04000000, 0x02000000
_NEW_VIEW = _NEW_MOUNT | _NEW_NET | _NEW_IPC | _NEW_UTS | _NEW_CGROUP


def named_step(name: str, action: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the action gives
    """Do one step and return what it gives; raises `SandboxError` that names it."""
    try:
        return action()
    except OSError as error:
        raise SandboxError(
            f"{name}: {error.strerror or error}{f' ({error.filename})' if error.filename else ''}"
        ) from None


def enclose_zygote(settings: dict[str, Any]) -> None:
    """Put the zygote into its own small world, with a limit on processes."""
    _enclose(settings, settings["limits"]["file_bytes"], packages=settings["packages"])
    privileges.limit(nproc=settings["limits"]["processes"] + 6)


def enclose_single_process_zygote(settings: dict[str, Any]) -> None:
    """Shut the host's files and processes away from this process and those it will start; no namespace does.

    Of the interpreter's folders it may read what is not hidden; the rest of the machine is not even readable.
    """
    die_with_parent()
    os.chdir("/")
    named_step("capabilities", privileges.drop_capabilities)
    readable, listable = _around(settings["shown"], set(settings["hidden"]))
    readable += settings["packages"][:1]
    named_step("landlock", lambda: landlock.restrict(readable, ["/dev/null"], listable))


def _around(shown: list[str], hidden: set[str]) -> tuple[list[str], list[str]]:
    """Return what to show and what only to list, so that nothing hidden lies below what is shown."""
    readable: list[str] = []
    listable: list[str] = []
    for path in shown:
        if os.path.isdir(path) and any(f"{each}/".startswith(f"{path}/") for each in hidden):
            listable.append(path)
            inside = [f"{path}/{name}" for name in os.listdir(path) if f"{path}/{name}" not in hidden]
            deeper = _around(inside, hidden)
            readable, listable = readable + deeper[0], listable + deeper[1]
        else:
            readable.append(path)
    return readable, listable


def enclose_judge(settings: dict[str, Any], *, processes: bool) -> None:
    """Put the judge into its own small world; `processes` shows it those of its namespace."""
    _enclose(settings, settings["limits"]["value_bytes"], processes=processes)
    die_with_parent()  # only now: becoming another user undoes it


def enclose_judge_plainly(settings: dict[str, Any], *, processes: bool) -> None:
    """Take from the judge what can be taken without namespaces; the programs are enclosed elsewhere.

    The user stays the same: the interpreter's files may be its alone.
    """
    policy = settings["policy"]
    privileges.limit(nofile=policy["open_files"], core=0, memlock=0)
    named_step("capabilities", privileges.drop_capabilities)
    shown = [*settings["shown"], *(["/proc"] if processes else [])]
    named_step("landlock", lambda: landlock.restrict(shown, ["/dev/null"]))
    die_with_parent()
    named_step("seccomp", lambda: install_filter(bytes.fromhex(settings["filter"])))


def die_with_parent() -> None:
    libc.prctl(libc.PR_SET_PDEATHSIG, signal.SIGKILL)


def _enclose(
    settings: dict[str, Any], scratch_bytes: int, *, processes: bool = False, packages: Sequence[str] = ()
) -> None:
    """Put this process into its own small world, for good; `packages`: a folder, and where to show it."""
    policy, shown = settings["policy"], settings["shown"]
    named_step("namespaces", lambda: libc.unshare(_NEW_VIEW))
    named_step("host name", lambda: socket.sethostname("jail"))
    named_step("file tree", lambda: enter_root(
        shown, settings["interpreter"]["links"], settings["hidden"],
        scratch=policy["scratch"], scratch_bytes=scratch_bytes,
        scratch_inodes=policy["scratch_inodes"], size_bytes=policy["size_bytes"],
        owner=(policy["uid"], policy["gid"]), processes=processes, packages=packages,
    ))  # fmt: skip
    named_step("user", lambda: privileges.become(policy["uid"], policy["gid"]))
    named_step("capabilities", privileges.drop_capabilities)
    named_step(
        "landlock",
        lambda: landlock.restrict(
            [*shown, *packages[1:], *(["/proc"] if processes else [])], [policy["scratch"], "/dev/null"]
        ),
    )
