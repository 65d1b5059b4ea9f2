# problem: add
# verdict: wrong_answer | runtime_error | crashed | timed_out | out_of_memory
# why: Each of many children takes as much as one process may.
# unsafe: true
# limits: tight
import os


def add(a, b):
    for _ in range(16):
        try:
            if os.fork() == 0:
                keep = []
                try:
                    for _ in range(12):
                        keep.append(b"\x01" * (16 << 20))
                finally:
                    os._exit(0)
        except OSError:
            break
    return None
