# problem: add
# verdict: wrong_answer
# why: A global trace function that rewrites locals of the caller.
import sys


def tracer(frame, event, arg):
    frame.f_locals["candidate"] = lambda *args: 5
    return tracer


sys.settrace(tracer)


def add(a, b):
    return 0
