# problem: add
# verdict: wrong_answer | timed_out
# why: Cancels every timer and ignores every signal, then computes for ever.
# limits: tight
import signal

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
for timer in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF):
    signal.setitimer(timer, 0)
signal.signal = signal.setitimer = signal.alarm = lambda *args: None


def add(a, b):
    while True:
        pass
