# problem: add
# verdict: wrong_answer | runtime_error | crashed | exited
# why: Replaces the code of every Python function in the process by one that returns True.
import gc
import types


def yes(*args, **kwargs):
    return True


def add(a, b):
    for thing in gc.get_objects():
        if isinstance(thing, types.FunctionType) and thing.__module__ not in {"gc", "types"} and not thing.__closure__:
            try:
                thing.__code__ = yes.__code__
            except Exception:
                pass
    return 0
