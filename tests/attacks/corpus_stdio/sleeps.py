# verdict: timed_out
# why: waits for what never comes.
import time

time.sleep(3600)
