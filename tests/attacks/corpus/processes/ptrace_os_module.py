# problem: add
# verdict: wrong_answer | runtime_error
# why: os.posix_spawn and os.spawnv.
# unsafe: true
import os
import sys


def add(a, b):
    for path in (sys.executable or "/usr/bin/python3", "/bin/sh", "/proc/self/exe"):
        try:
            pid = os.posix_spawn(path, [path, "-c", "import time; time.sleep(60)"], {})
        except (OSError, ValueError):
            continue
        return None
    return None
