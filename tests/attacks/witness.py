"""A program that looks around where the last one ran, and the check that it sees what the first one saw."""

import ast

from sandbox import Check, Program

__all__ = ["KEYS", "checked", "question"]

# Each entry is evaluated in the candidate's process; an exception's class name stands for a refusal.
KEYS = {
    "scratch": "sorted(os.listdir('/tmp'))",
    "scratch space": "(os.statvfs('/tmp').f_bfree, os.statvfs('/tmp').f_ffree)",
    "shared memory": "sorted(os.listdir('/dev/shm'))",
    "root": "sorted(os.listdir('/'))",
    "working directory": "os.getcwd()",
    "umask": "(os.umask(18), os.umask(18))[0]",
    "niceness": "os.getpriority(os.PRIO_PROCESS, 0)",
    "processors": "len(os.sched_getaffinity(0))",
    "host name": "os.uname().nodename",
    "stream flags": "[fcntl.fcntl(fd, fcntl.F_GETFL) for fd in range(3)]",
    "identity": "os.getuid(), os.getgid()",
    "environment": "sorted(os.environ.items())",
    "descriptors": "[fd for fd in range(256) if is_open(fd)]",
    "limits": "[resource.getrlimit(n) for n in range(16)]",
    "timers": "[signal.getitimer(n) for n in range(3)]",
    "handlers": "[n for n in range(1, 32) if signal.getsignal(n) not in (signal.SIG_DFL, None)]",
    "blocked signals": "sorted(signal.pthread_sigmask(signal.SIG_BLOCK, []))",
    "threads": "threading.active_count()",
    "children": "os.waitpid(-1, os.WNOHANG)",
    "modules": "len(sys.modules)",
    "builtins": "len(vars(builtins))",
    "arithmetic": "(abs(-1), sorted([2, 1]), round(2.5), len('a'), math.isclose(1, 2), list(range(2)))",
    "interpreter": "(sys.getrecursionlimit(), sys.getswitchinterval(), gc.isenabled())",
    "hooks": "(sys.gettrace(), sys.getprofile())",
    "decimal": "decimal.getcontext().prec",
    "clock": "time.time() > 1.6e9",
}

_SOURCE = f"""
import builtins, decimal, fcntl, gc, math, os, resource, signal, sys, threading, time


def is_open(fd):
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


def look_around():
    seen = {{}}
    for key, expression in {KEYS!r}.items():
        try:
            seen[key] = repr(eval(expression))
        except Exception as error:
            seen[key] = type(error).__name__
    return seen
"""


def question(key: str) -> Program:
    """Return a program whose outcome's message tells what the witness sees under `key`."""
    test = f"def check(candidate):\n    raise AssertionError(candidate()[{key!r}][:150])\n"
    return Program(_SOURCE, Check(entry_point="look_around", test=test))


def checked(expected: dict[str, str]) -> Program:
    """Return a program that passes where the witness sees `expected`, compared as far as it is told."""
    test = f"""EXPECTED = {expected!r}


def check(candidate):
    seen = candidate()
    changed = [f"{{key}}: {{seen[key][:150]}}" for key, value in EXPECTED.items() if seen[key][:150] != value]
    assert not changed, changed
"""
    ast.parse(test)
    return Program(_SOURCE, Check(entry_point="look_around", test=test))
