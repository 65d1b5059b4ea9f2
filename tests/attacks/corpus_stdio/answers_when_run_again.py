# verdict: wrong_answer|exited|timed_out
# why: ends by a signal, so that it is run again, and counts how often.
import os

asked = input()
os.kill(os.getpid(), 9)
