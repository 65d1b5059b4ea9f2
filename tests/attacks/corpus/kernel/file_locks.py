# problem: add
# verdict: wrong_answer | runtime_error
# why: Locks and leases on files of the interpreter, which others must wait for.
# unsafe: true
import fcntl
import os


def add(a, b):
    try:
        with open(os.__file__) as handle:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.fcntl(handle, 1024, fcntl.F_WRLCK)
    except OSError:
        pass
    return None
