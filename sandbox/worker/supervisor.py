"""Supervise one worker: enclose a judge and its zygotes, and end them with the host.

    host ── worker (this module; waits) ── judge, first process of its namespace ── zygote, first of another

Started as a fresh interpreter, never by fork of the host. The judge is jailed like the zygote: it runs the
problem set's text. When the host goes away, or the judge, everything below it is killed by the kernel.
"""

import ast
import contextlib
import ctypes
import gc
import marshal
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any, NoReturn

from sandbox.errors import SandboxError
from sandbox.jail import landlock, libc, privileges
from sandbox.jail.enclose import (
    NEW_PID,
    NEW_USER,
    enclose_judge,
    enclose_judge_plainly,
    enclose_single_process_zygote,
    enclose_zygote,
    named_step,
)
from sandbox.judge.clocks import FairClock
from sandbox.judge.judge import Judge
from sandbox.judge.server import JudgeServer
from sandbox.judge.stdio_judge import StdioJudge
from sandbox.judge.unittest_judge import UnittestJudge
from sandbox.judge.watchdog import Watchdog
from sandbox.judge.zygote_client import Zygote
from sandbox.program import JudgeMode, Limits
from sandbox.wire import host_messages as messages
from sandbox.wire.control import EAGER_LINKING
from sandbox.wire.frames import Frames, frame
from sandbox.worker.container_handshake import accept_container
from sandbox.worker.cpu_affinity import CpuPin
from sandbox.worker.relay import Relay, RelayLostError

__all__ = ["main"]


_LOOK_S = 0.5
_NO_RANDOM_ADDRESSES = 0x0040000  # ADDR_NO_RANDOMIZE, of personality(2)
_JUDGE_SPARE_S = 2.0

# What a fresh interpreter in the jail runs: the untrusted side's modules, bootstrap over as text.
_BOOTSTRAP = """
import _socket, marshal, sys, types
bootstrap = marshal.load(sys.stdin.buffer)
sys.modules["sandbox"] = types.ModuleType("sandbox")
for name, code in bootstrap["modules"]:
    module = sys.modules[name] = types.ModuleType(name)
    exec(code, module.__dict__)
main = module.main
del module, name, code
control = _socket.socket(fileno=bootstrap["control"])
filters = [bytes.fromhex(bootstrap[name]) for name in ("filter", "program_filter")]
more = {name: bootstrap[name] for name in ("packages", "is_lean")}
main(control, bootstrap["scratch"], bootstrap["preload"], *filters, **more)
"""


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
        core = CpuPin(settings["place"]) if settings["zygote"] in _OWN_ZYGOTES else None
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
                host.sendall(messages.JudgeStuck(serial).encode())
                break
            if core:
                core.rebalance(judge)
            next_look = time.monotonic() + _LOOK_S
    os.kill(judge, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:  # the judge, and what came to this process when the judge left it behind
            os.wait()
    os._exit(0)


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
        zygote, told = _start(settings, relay)
        lean = _start_lean(settings)
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
            zygote, limits, make_way=judge.make_way, takes_long=judge.begin_run, has_streams=relay is None
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


def _start(settings: dict[str, Any], relay: Relay | None) -> tuple[Zygote, dict[str, Any]]:
    """Start the zygote that forks programs; return it and facts about its environment."""
    if relay:
        control, pid, told = relay.to_judge()
    elif settings["zygote"] in _OWN_ZYGOTES:
        control, pid = _start_zygote(settings, settings["bundle"])
        told = {"landlock": landlock.abi()}
    else:
        control, pid, told = accept_container(settings)
    return Zygote(control, pid), told


def _start_lean(settings: dict[str, Any]) -> Zygote | None:
    """Start the lean template; return None where there is none or this interpreter needs more."""
    bundle = settings.get("lean_bundle")
    if not bundle or settings["judge"] != JudgeMode.ISOLATED:
        return None
    try:
        return Zygote(*_start_zygote(settings, bundle))
    except SandboxError:  # another libc or Python makes other system calls; programs then have full processes
        return None


def _start_zygote(settings: dict[str, Any], bundle: dict[str, Any]) -> tuple[socket.socket, int]:
    """Start a zygote as first process of an inner namespace; return the socket to it and its number."""
    ours, theirs = socket.socketpair()
    bundle_read, bundle_write = os.pipe()
    lone = settings["zygote"] == "lone"
    # A namespace for this child only: this process stays where it is, and a second child gets another one.
    zygote = os.fork() if lone else named_step("pid namespace", libc.fork_into_pid_namespace)
    if zygote == 0:
        try:
            ours.close()
            os.close(bundle_write)
            enclose = enclose_single_process_zygote if lone else enclose_zygote
            _exec_zygote(theirs, bundle_read, settings, enclose)
        except (OSError, SandboxError) as error:
            theirs.sendall(f"the zygote's jail: {error}".encode())
        os._exit(1)
    theirs.close()
    os.close(bundle_read)
    # The same interpreter runs there, so the code is compiled here: what compiling leaves in memory every
    # fork would copy.
    modules = [(name, _compiled(name, text)) for name, text in bundle["modules"]]
    with os.fdopen(bundle_write, "wb") as pipe:
        pipe.write(marshal.dumps({**bundle, "modules": modules}))
    if (word := ours.recv(1000)) != b"ready":
        raise SandboxError(word.decode(errors="replace") or "the zygote ended before it was ready")
    return ours, 0 if lone else zygote


@cache
def _compiled(name: str, text: str) -> CodeType:
    """Compile a guest module without annotations, because a lean process lacks the modules that they name."""
    tree = ast.parse(text)
    body = tree.body
    tree.body = [each for each in body if not _is_for_annotations(each)]
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.copy_location(ast.Constant(None), node.annotation)
    return compile(tree, f"<{name}>", "exec", dont_inherit=True)


def _is_for_annotations(node: ast.stmt) -> bool:
    if isinstance(node, ast.If):
        return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    return isinstance(node, ast.ImportFrom) and node.module in {"typing", "collections.abc"}


def _exec_zygote(
    control: socket.socket, bundle: int, settings: dict[str, Any], enclose: Callable[[dict[str, Any]], None]
) -> NoReturn:
    policy = settings["policy"]
    # When the control group is full, the kernel kills this process rather than the judge.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    enclose(settings)
    privileges.limit(
        nofile=policy["open_files"], core=policy["core_bytes"], stack=policy["stack_bytes"],
        memlock=policy["locked_bytes"],
    )  # fmt: skip
    # The addresses of None and of C's classes decide the order of a set that holds them, so they must be the
    # same in every worker and template. A surrounding container engine may not allow it.
    with contextlib.suppress(OSError):
        libc.call("personality", ctypes.c_ulong(_NO_RANDOM_ADDRESSES))
    os.dup2(bundle, 0)
    os.dup2(control.fileno(), 3)
    os.closerange(4, 256)
    python = settings["interpreter"]["executable"]
    environment = {**policy["environment"], **EAGER_LINKING}
    os.execve(python, [python, "-P", "-s", "-S", "-B", "-X", "utf8", "-c", _BOOTSTRAP], environment)  # noqa: S606


_OWN_ZYGOTES = {"forked", "lone"}
_ENCLOSURES = {"namespaces": enclose_judge, "plain": enclose_judge_plainly}


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
