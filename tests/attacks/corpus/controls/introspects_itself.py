# problem: add
# verdict: passed
# why: Frames, inspect and gc for innocent purposes.
import gc
import inspect
import sys


def add(a, b):
    name = sys._getframe().f_code.co_name
    gc.collect()
    return a + b if name == "add" and len(inspect.signature(add).parameters) == 2 else None
