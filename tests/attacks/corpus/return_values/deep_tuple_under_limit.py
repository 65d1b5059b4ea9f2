# problem: sort_numbers
# verdict: wrong_answer | runtime_error | output_limit
# why: Nested as deep as a recursive reader can just about stand.
def sort_numbers(numbers):
    result = ()
    for _ in range(950):
        result = (result,)
    return [result]
