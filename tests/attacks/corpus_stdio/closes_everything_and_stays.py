# verdict: exited|timed_out
# why: closes every descriptor, the channel too, and goes on.
import os

os.write(1, b"713905\n")
os.closerange(0, 256)
while True:
    pass
