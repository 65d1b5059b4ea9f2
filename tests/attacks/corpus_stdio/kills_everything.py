# verdict: exited|wrong_answer|runtime_error|crashed
# why: kills each process that it may, its parent too.
import os

for pid in (os.getppid(), 1, 2, 3, -1):
    try:
        os.kill(pid, 9)
    except OSError:
        continue
