# problem: add
# verdict: wrong_answer | runtime_error | crashed | exited | output_limit | timed_out
# why: Leaves the stack by an exception of a kind that the machinery may use for itself.
# unsafe: true
import sys


def add(a, b):
    kinds = []
    frame = sys._getframe(1)
    while frame is not None:
        for value in list(frame.f_globals.values()):
            if isinstance(value, type) and issubclass(value, BaseException):
                kinds.append(value)
        frame = frame.f_back
    for kind in kinds:
        if kind.__module__ != "builtins":
            raise kind("passed")
    raise EOFError
