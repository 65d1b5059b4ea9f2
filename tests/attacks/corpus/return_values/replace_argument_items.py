# problem: sort_numbers
# verdict: wrong_answer
# why: Makes the argument equal to the answer instead of the answer equal to the argument.
def sort_numbers(numbers):
    numbers[:] = [0] * len(numbers)
    return numbers
