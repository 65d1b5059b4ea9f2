# verdict: output_limit
# why: writes without end.
import os

while True:
    os.write(1, b"713905\n" * 10000)
