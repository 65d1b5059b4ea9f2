# problem: sort_numbers
# verdict: wrong_answer | runtime_error | output_limit
# why: A list that contains itself.
def sort_numbers(numbers):
    result = []
    result.append(result)
    return result
