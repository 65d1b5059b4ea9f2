"""Supervise one worker: enclose a judge and its zygotes, and end them with the host.

    host ── worker (this module; waits) ── judge, first process of its namespace ── zygote, first of another

Started as a fresh interpreter, never by fork of the host. The judge is jailed like the zygote: it runs the
problem set's text. When the host goes away, or the judge, everything below it is killed by the kernel.
"""

import contextlib
import gc
import os
import select
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

from sandbox.errors import SandboxError
from sandbox.jail import libc, privileges
from sandbox.jail.enclose import (
    NEW_PID,
    NEW_USER,
    enclose_judge,
    enclose_judge_plainly,
    named_step,
)
from sandbox.judge.clocks import FairClock
from sandbox.judge.judge import Judge
from sandbox.judge.server import JudgeServer
from sandbox.judge.stdio_judge import StdioJudge
from sandbox.judge.unittest_judge import UnittestJudge
from sandbox.judge.watchdog import Watchdog
from sandbox.program import JudgeMode, Limits
from sandbox.wire import host_messages as messages
from sandbox.wire.frames import Frames, frame
from sandbox.worker.cpu_affinity import CpuPin
from sandbox.worker.relay import Relay, RelayLostError
from sandbox.worker.zygote_start import OWN_ZYGOTES, start_lean_zygote, start_zygote

__all__ = ["main"]


_LOOK_S = 0.5
_JUDGE_SPARE_S = 2.0


def main(host_descriptor: int, lifeline_descriptor: int) -> NoReturn:
    """Run a worker: read the settings, enclose a judge, and supervise it until the host hangs up."""
    host = socket.socket(fileno=host_descriptor)
    frames = Frames(host, messages.HOST_LIMIT)
    try:
        settings = messages.Settings.decode(_expect(frames)).values
        for path in settings["cgroup"]:
            Path(path).write_text("0")
        if settings["enclosure"] == "namespaces":
            named_step("user namespace", lambda: libc.unshare(NEW_USER))
            host.sendall(frame(messages.NEEDS_USER_MAP))  # the host now writes the maps of users and groups
            _expect(frames)
            named_step("pid namespace", lambda: libc.unshare(NEW_PID))
        libc.prctl(libc.PR_SET_CHILD_SUBREAPER, 1)
        watch = Watchdog()
        core = CpuPin(settings["place"]) if settings["zygote"] in OWN_ZYGOTES else None
        relay = Relay(settings["stream"], settings["bundle"]) if settings["zygote"] == "relayed" else None
        judge = os.fork()
        if judge == 0:
            os.close(lifeline_descriptor)
            _say_nothing()
            _run_judge(host, frames, settings, watch, relay)
    except (OSError, SandboxError) as error:
        _report_failure(host, error)
        os._exit(1)
    _wait(judge, lifeline_descriptor, host, watch, relay, core=core)


def _say_nothing() -> None:
    """Give the judge no way to the host's output: a test may print what a program returned."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def _expect(frames: Frames) -> bytes:
    got = frames.read()
    if got is None:
        os._exit(0)
    return got[1]


def _report_failure(host: socket.socket, error: Exception) -> None:
    try:
        host.sendall(messages.StartFailed(str(error)).encode())
    except OSError:
        os._exit(1)


def _wait(
    judge: int,
    lifeline: int,
    host: socket.socket,
    watch: Watchdog,
    relay: Relay | None,
    *,
    core: CpuPin | None,
) -> NoReturn:
    """Wait until the judge ends, exceeds its limit or loses the host; then end all descendants."""
    judge_handle = os.pidfd_open(judge)
    next_look = time.monotonic() + _LOOK_S
    with contextlib.suppress(RelayLostError):
        while not _pump_relay_until([judge_handle, lifeline], next_look, relay):
            serial = watch.expired(judge)
            if serial is not None:
                host.sendall(messages.JudgeStuck(serial, ended=False).encode())
                break
            if core:
                core.rebalance(judge)
            next_look = time.monotonic() + _LOOK_S
    serial = watch.checked()
    if serial is not None and _has_ended_itself(judge_handle):
        with contextlib.suppress(OSError):  # the host may be gone
            host.sendall(messages.JudgeStuck(serial, ended=True).encode())
    os.kill(judge, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:  # the judge, and what came to this process when the judge left it behind
            os.wait()
    os._exit(0)


def _has_ended_itself(judge_handle: int) -> bool:
    """Return whether the judge has exited or crashed; what was killed may have been for lack of memory."""
    found = os.waitid(os.P_PIDFD, judge_handle, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    return found is not None and not (found.si_code == os.CLD_KILLED and found.si_status == signal.SIGKILL)


def _pump_relay_until(ends: list[int], until: float, relay: Relay | None) -> bool:
    """Pump the relay, if there is one, until a time; return True once a watched descriptor is ready."""
    while (left := until - time.monotonic()) > 0:
        waited: list[Any] = [*ends, *(relay.readers() if relay else ())]
        ready = select.select(waited, relay.writers() if relay else [], [], left)[0]
        if any(end in ready for end in ends):
            return True
        if relay:
            relay.move(ready)
    return False


def _run_judge(
    host: socket.socket, frames: Frames, settings: dict[str, Any], watch: Watchdog, relay: Relay | None
) -> NoReturn:
    try:
        zygote, told = start_zygote(settings, relay)
        lean = start_lean_zygote(settings)
        _ENCLOSURES[settings["enclosure"]](settings, processes=bool(zygote.pid))
        privileges.limit(**{"as": settings["policy"]["judge_memory_bytes"]})
        limits, mode = Limits(**settings["limits"]), JudgeMode(settings["judge"])
        judge = Judge(zygote, limits, mode, settings["seed"], watch, lean=lean)
        facts = {
            "fair_clock": FairClock(frozenset((zygote.pid,))).fair_s() is not None,
            "lean": lean is not None,
            **told,
        }
        host.sendall(messages.Ready(facts).encode())
        gc.collect()
        gc.freeze()  # what is there now stays: later collections need not look at it
        stdio = StdioJudge(
            zygote,
            limits,
            make_way=judge.make_way,
            takes_long=judge.begin_run,
            has_streams=relay is None,
            watch=watch,
        )
        beside = UnittestJudge(zygote, limits, mode)
        JudgeServer(
            host, frames, judge=judge, stdio=stdio, unittest=beside, watch=watch,
            judge_cpu_s=limits.cpu_s + _JUDGE_SPARE_S,
        ).serve()  # fmt: skip
        judge.close()
    except (OSError, SandboxError) as error:
        _report_failure(host, error)
    except BaseException as error:  # noqa: BLE001 - nobody would see its traceback
        _report_failure(host, SandboxError(f"the judge failed: {type(error).__name__}: {error!s:.500}"))
    os._exit(1)


_ENCLOSURES = {"namespaces": enclose_judge, "plain": enclose_judge_plainly}


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
