"""The untrusted side: a warm interpreter, first process of its jail, that forks one process per program.

The zygote itself reads commands of fixed size and never a byte that a program wrote. The process it forks
loads the program, answers calls with values, and is killed with everything it started before the next one.
Only the standard library is here; the judge decides every verdict.
"""

import _signal  # type: ignore[import-not-found]  # the wrapper of the same name brings modules that every fork would copy, as do others
import ctypes
import gc
import os
import resource
import struct
import sys
import time
from _socket import socket
from collections.abc import Callable
from typing import NoReturn

from sandbox.guest.lean import install as install_lean
from sandbox.guest.program_process import limit_resources, run_program
from sandbox.guest.scratch import Scratch
from sandbox.guest.shared_state import SharedState, importable_names
from sandbox.guest.warm_up import (
    fork_once,
    open_streams,
    prepare_channel,
    quiet_streams,
    seed_random,
    warm_up,
    warm_up_stdio,
)
from sandbox.jail.seccomp_install import OWN_NUMBER, install_filter, leave_no_dump
from sandbox.wire.control import COMMAND, CPU_CLOCK, EAGER_LINKING, FORK, REPORT, SLOTS

__all__ = ["main"]

_LOCAL, _STREAM = 1, 1  # AF_UNIX, SOCK_STREAM, whose names come with an enum each
_NO_PROCESS = -1
_MODE_BITS, _OWNER_READS = 0o7777, 0o400
_CORES = os.cpu_count() or 1


def main(
    control: socket,
    scratch: str,
    preload: list[str],
    seccomp_filter: bytes,
    program_filter: bytes = b"",
    *,
    packages: str = "",
    is_lean: bool = False,
) -> NoReturn:
    """Warm up, shut the last door, and obey the judge until it closes `control`.

    Args:
        control: the judge's commands come over it.
        scratch: the folder to empty after each program; empty where there is none.
        preload: modules to load beforehand.
        seccomp_filter: the system calls that may be made from then on.
        program_filter: a second filter for each process that is forked, which must keep it to one process
            that can signal none but itself. Without one, what a process has started is swept with it.
        packages: a folder of modules that programs may import, after the standard library; this process
            imports none of them. Empty for none.
        is_lean: whether processes import nothing but what `lean` lets them.
    """
    for name in EAGER_LINKING:
        os.environ.pop(name, None)
    if is_lean:
        install_lean()
    else:
        seed_random()
        _load(preload)
        if packages:
            sys.path.append(packages)
    quiet_streams()
    # Python's own handler would let any process of the jail interrupt this one with SIGINT; without one, the
    # kernel ignores what its children send to the first process.
    _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
    leave_no_dump()
    steps: list[Callable[[], None]] = [] if is_lean else [open_streams]
    if not is_lean:
        warm_up_stdio()
        install_filter(seccomp_filter)
    if program_filter:
        steps.append(_Narrowing(program_filter))
    elif is_lean:
        steps.append(_deny_processes)
    state = SharedState(importable_names())
    for name in [name for name in sys.modules if name.partition(".")[0] in {"sandbox", "ctypes", "_ctypes"}]:
        del sys.modules[name]
    state.begin()
    warm_up(state)
    if is_lean:
        channel = prepare_channel()
        install_filter(seccomp_filter)  # now: it allows no more than programs need from here on
        fork_once(*channel, steps, state)
    control.send(b"ready")
    _serve(control, scratch, steps, state, sweeps=not (program_filter or is_lean))


def _load(modules: list[str]) -> None:
    for name in modules:
        try:
            __import__(name)
        except ImportError:
            continue  # this interpreter was built without it


def _serve(
    control: socket, scratch: str, steps: list[Callable[[], None]], state: SharedState, *, sweeps: bool
) -> NoReturn:
    """Obey the judge.

    Args:
        control: its commands come over it.
        scratch: see `main`.
        steps: what a process that was just forked does before it has a program.
        state: what programs share that share a process.
        sweeps: whether a process may have started others, which end with it.
    """
    scratch_space = Scratch(scratch) if scratch else None
    children, started = [0] * SLOTS, 0.0
    gc.collect()
    gc.freeze()
    while True:
        message, ancillary, _flags, _address = control.recvmsg(COMMAND.size, 64)
        if len(message) < COMMAND.size:
            os._exit(0)
        command, slot, cpu_s, memory_bytes, last = COMMAND.unpack(message)
        if command == FORK:
            if scratch_space is not None:
                if scratch_space.spoiled:
                    os._exit(0)  # this program is run again, by another worker
                scratch_space.forget_times()
            channel = int.from_bytes(ancillary[0][2][:4], sys.byteorder)
            started = time.monotonic()
            children[slot] = os.fork()
            if not children[slot]:
                control.close()
                try:
                    backstop = int(cpu_s) + 2
                    limit_resources((backstop, backstop + 1), (memory_bytes, memory_bytes))
                    for step in steps:
                        step()
                    run_program(socket(_LOCAL, _STREAM, 0, channel), last, state)
                finally:
                    os._exit(0)
            os.close(channel)
        elif command == CPU_CLOCK:
            used_s = _cpu_clock(children[slot])
            control.send(REPORT.pack(_NO_PROCESS, used_s, False, last))  # noqa: FBT003 - a wire field
        else:
            child = children[slot]
            status, used_s = _kill_all(child, started) if sweeps else _kill_one(child)
            children[slot] = 0
            wiped = scratch_space is not None and scratch_space.wipe()
            control.send(REPORT.pack(status, used_s, wiped, last))


def _cpu_clock(pid: int) -> float:
    # The kernel's name for another process's CPU clock: the inverted pid above its kind (CPUCLOCK_SCHED).
    try:
        return time.clock_gettime((~pid << 3) | 2) if pid else 0.0
    except OSError:
        return 0.0


def _kill_all(child: int, started: float) -> tuple[int, float]:
    """Kill and reap every process but this one, which as first of its namespace inherits every orphan.

    A process that nobody waited for is counted here, so its CPU time is the program's as well. gVisor counts
    the time a process waits for a core as its own; more than all cores together had is never reported.
    """
    found, before = _NO_PROCESS, _reaped_s()
    try:
        while True:
            try:  # noqa: SIM105 - each object that this loop touches is a page to copy
                os.kill(-1, _signal.SIGKILL)
            except ProcessLookupError:
                pass  # all are dead already, and wait to be reaped
            pid, status = os.waitpid(-1, 0)
            while pid:
                if pid == child:
                    found = status
                pid, status = os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return found, min(_reaped_s() - before, (time.monotonic() - started) * _CORES)


def _reaped_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _kill_one(child: int) -> tuple[int, float]:
    """Kill and reap a process that cannot have started another."""
    if not child:
        return _NO_PROCESS, 0.0
    before = _reaped_s()
    os.kill(child, _signal.SIGKILL)
    _pid, status = os.waitpid(child, 0)
    return status, _reaped_s() - before


def _deny_processes() -> None:
    """Have the kernel let this process start neither processes nor threads."""
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


class _Narrowing:
    """Puts a process that was just forked under its own filter, and has it end with this one.

    What it needs is made once, here: what a fork makes it has to write on copied pages.
    """

    def __init__(self, program_filter: bytes) -> None:
        self._zygote = os.getpid()
        self._prctl = ctypes.CDLL(None).prctl
        self._text = ctypes.create_string_buffer(program_filter, len(program_filter))
        head = struct.pack("@HP", len(program_filter) // 8, ctypes.addressof(self._text))
        self._program = ctypes.create_string_buffer(head)
        self._numbers = [
            at for at in range(4, len(program_filter), 8) if program_filter[at : at + 4] == OWN_NUMBER
        ]

    def __call__(self) -> None:
        set_parent_death_signal, set_seccomp, mode_filter = 1, 22, 2
        if self._zygote != 1:  # with the first of a namespace, all others end
            self._prctl(set_parent_death_signal, int(_signal.SIGKILL), 0, 0, 0)
            if os.getppid() != self._zygote:
                os._exit(1)  # it ended in between
        for at in self._numbers:
            struct.pack_into("<I", self._text, at, os.getpid())
        if self._prctl(set_seccomp, mode_filter, self._program, 0, 0):
            raise OSError("the kernel refused the seccomp filter")
