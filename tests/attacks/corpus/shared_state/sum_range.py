# problem: add
# verdict: wrong_answer | timed_out
# why: Ten seconds within one builtin call.
# limits: tight
def add(a, b):
    return sum(range(10**12))
