# problem: up_to
# verdict: wrong_answer | runtime_error | timed_out | output_limit | out_of_memory
# why: Generators that yield generators.
# unsafe: true
# limits: tight
def up_to(n):
    return nest()


def nest():
    while True:
        yield nest()
