# problem: add
# verdict: wrong_answer | runtime_error
# why: Fills the scratch directory with files that are each below a limit on one.
# unsafe: true
def add(a, b):
    written = 0
    try:
        for n in range(4096):
            with open(f"/tmp/{n}", "wb", buffering=0) as handle:
                written += handle.write(b"\x01" * (1 << 20))
    except OSError:
        return None
    return a + b if written >= 1 << 30 else None
