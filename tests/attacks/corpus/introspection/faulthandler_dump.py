# problem: add
# verdict: wrong_answer | crashed | runtime_error
# why: Dumps tracebacks into every descriptor.
import faulthandler


def add(a, b):
    for fd in range(64):
        try:
            faulthandler.dump_traceback(fd)
        except Exception:
            pass
    return 0
