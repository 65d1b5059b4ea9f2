# problem: sort_numbers
# verdict: wrong_answer
# why: No answer at all.
def sort_numbers(numbers):
    pass
