# problem: add
# verdict: wrong_answer
# why: The same with folders that are not empty, and may not be read.
# unsafe: true
import os


def add(a, b):
    try:
        os.makedirs("/tmp/first/inner/inner")
        for n in range(300):
            os.makedirs(f"/tmp/.wiped-{n}/x/x")
            os.chmod(f"/tmp/.wiped-{n}/x", 0)
            os.chmod(f"/tmp/.wiped-{n}", 0)
        os.makedirs("/tmp/last/inner/inner")
    except OSError:
        pass
    return None
