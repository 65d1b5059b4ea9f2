# problem: up_to
# verdict: wrong_answer | runtime_error | timed_out | output_limit | out_of_memory
# why: A generator of large texts: the reader keeps them all.
# unsafe: true
# limits: tight
def up_to(n):
    if n == 2:
        return giants()
    return list(range(1, n + 1))


def giants():
    while True:
        yield "x" * 3_000_000
