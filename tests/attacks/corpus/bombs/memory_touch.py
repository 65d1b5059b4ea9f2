# problem: add
# verdict: out_of_memory | runtime_error | crashed | timed_out
# why: Touches every page it gets, then keeps them and answers wrongly.
# unsafe: true
# limits: tight
keep = []


def add(a, b):
    try:
        while True:
            keep.append(b"\x01" * (16 << 20))
    except MemoryError:
        raise
