# verdict: timed_out
# why: SIGSTOP.
import os

os.kill(os.getpid(), 19)
