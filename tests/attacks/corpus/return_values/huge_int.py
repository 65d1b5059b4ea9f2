# problem: add
# verdict: wrong_answer | runtime_error | output_limit | timed_out
# why: An int of ten million bits; printing it in a message takes minutes.
# limits: tight
def add(a, b):
    return 1 << 10_000_000
