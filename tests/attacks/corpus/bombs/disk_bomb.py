# problem: add
# verdict: wrong_answer | runtime_error
# why: Fills the scratch directory.
# unsafe: true
def add(a, b):
    try:
        with open("/tmp/bomb", "wb", buffering=0) as handle:
            for _ in range(1024):
                handle.write(b"\x01" * (1 << 20))
    except OSError:
        return None
    return a + b
