# problem: sort_numbers
# verdict: wrong_answer | runtime_error
# why: The entry point is a generator function: what it returns is not a list.
def sort_numbers(numbers):
    yield from sorted(numbers)
