# verdict: timed_out
# why: writes without end where nobody compares.
import os

while True:
    os.write(2, b"713905\n" * 10000)
