# problem: add
# verdict: wrong_answer | blocked | runtime_error | crashed | exited
# why: Runs a program that exists only in memory.
# unsafe: true
import os


def add(a, b):
    try:
        fd = os.memfd_create("x", 0)
        os.write(fd, b"#!/bin/true\n")
        os.execve(fd, ["x"], {})
    except (OSError, AttributeError):
        pass
    return None
