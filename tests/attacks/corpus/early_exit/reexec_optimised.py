# problem: add
# verdict: exited | blocked | wrong_answer | runtime_error | crashed
# why: Starts the interpreter again with -O, where assert does nothing.
# unsafe: true
import os
import sys

if sys.flags.optimize == 0:
    os.execv(sys.executable, [sys.executable, "-O", *sys.argv])


def add(a, b):
    return 0
