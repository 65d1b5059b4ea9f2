# problem: distinct
# verdict: runtime_error | wrong_answer
# why: StopIteration ends a for loop in the caller quietly.
def distinct(numbers):
    raise StopIteration
