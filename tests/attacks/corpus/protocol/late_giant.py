# problem: add
# verdict: wrong_answer | runtime_error | crashed | exited | timed_out | output_limit
# why: A large value that arrives when the judge's own patience ends, so that its alarm meets it while it writes a report.
# limits: tight
import time

started = time.monotonic()


def add(a, b):
    end = time.monotonic() + 2.45
    while time.monotonic() < end:
        spin = time.process_time() + 0.005
        while time.process_time() < spin:
            pass
        time.sleep(0.05)
    return [n / 7 for n in range(450_000)]
