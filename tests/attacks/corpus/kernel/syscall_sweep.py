# problem: add
# verdict: wrong_answer | blocked | runtime_error | crashed | exited | timed_out
# why: Every system call number with zero arguments, one child each, so that a killed child does not end the sweep.
# unsafe: true
# limits: tight
import os

LEAVE_ALONE = {34, 35, 56, 57, 58, 60, 61, 231, 435}  # pause, nanosleep, clone, fork, vfork, exit, wait4, exit_group, clone3


def add(a, b):
    try:
        import ctypes
        library = ctypes.CDLL(None)
        for number in range(470):
            if number in LEAVE_ALONE:
                continue
            child = os.fork()
            if child == 0:
                library.alarm(1)
                library.syscall(number, 0, 0, 0, 0, 0, 0)
                os._exit(0)
            os.waitpid(child, 0)
    except Exception:
        pass
    return None
