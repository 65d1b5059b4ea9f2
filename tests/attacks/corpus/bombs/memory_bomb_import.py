# problem: add
# verdict: out_of_memory | runtime_error | crashed
# why: One request for a terabyte at import.
# unsafe: true
block = bytearray(1 << 40)


def add(a, b):
    return None
