# problem: add
# verdict: wrong_answer | runtime_error | crashed | exited | output_limit | timed_out | out_of_memory
# why: Gigabytes into the channel.
# unsafe: true
# limits: tight
import os


def add(a, b):
    block = b"\x00" * (1 << 20)
    targets = list(range(3, 64))
    for fd in targets:
        try:
            os.set_blocking(fd, False)
        except OSError:
            pass
    for _ in range(4096):
        for fd in list(targets):
            try:
                os.write(fd, block)
            except BlockingIOError:
                pass
            except OSError:
                targets.remove(fd)
    return 0
