# problem: distinct
# verdict: wrong_answer | runtime_error | timed_out | output_limit | out_of_memory
# why: A length hint that asks the reader to allocate the whole address space.
# unsafe: true
# limits: tight
import itertools


class Hint:
    def __iter__(self):
        return self

    def __next__(self):
        return 1

    def __length_hint__(self):
        return 2**60


def distinct(numbers):
    return itertools.chain(itertools.repeat(1, 10**12)) if numbers else Hint()
