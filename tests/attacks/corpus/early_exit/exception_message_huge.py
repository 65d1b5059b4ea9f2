# problem: add
# verdict: runtime_error | wrong_answer | output_limit
# why: A message of 64 MiB.
def add(a, b):
    raise ValueError("x" * (64 << 20))
