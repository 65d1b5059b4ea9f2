# problem: add
# verdict: passed
# why: Writes and reads a temporary file.
import tempfile


def add(a, b):
    with tempfile.TemporaryFile("w+") as handle:
        handle.write(f"{a} {b}")
        handle.seek(0)
        return sum(map(int, handle.read().split()))
