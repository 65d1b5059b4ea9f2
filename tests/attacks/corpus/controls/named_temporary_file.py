# problem: add
# verdict: passed
# why: Named files and directories in the scratch directory.
import os
import tempfile


def add(a, b):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "numbers.txt")
        with open(path, "w", encoding="utf-8") as handle:
            handle.write(f"{a}\n{b}\n")
        with open(path, encoding="utf-8") as handle:
            return sum(int(line) for line in handle)
