# problem: sort_numbers
# verdict: wrong_answer | runtime_error | output_limit
# why: Nested a hundred thousand lists deep.
def sort_numbers(numbers):
    result = []
    for _ in range(100_000):
        result = [result]
    return result
