# problem: sort_numbers
# verdict: passed
# why: Sorts its argument in place and returns it.
def sort_numbers(numbers):
    numbers.sort()
    return numbers
