# problem: distinct
# verdict: wrong_answer | runtime_error | timed_out | output_limit | out_of_memory
# why: A generator without end; the test would iterate for ever.
# unsafe: true
# limits: tight
def distinct(numbers):
    n = 0
    while True:
        yield n
        n += 1
