# verdict: wrong_answer|timed_out|runtime_error|out_of_memory|exited
# why: a fork bomb.
import os

while True:
    try:
        os.fork()
    except OSError:
        pass
