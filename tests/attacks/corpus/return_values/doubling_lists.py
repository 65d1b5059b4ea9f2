# problem: sort_numbers
# verdict: wrong_answer | runtime_error | output_limit | timed_out | out_of_memory
# why: Forty lists that are a million million items when written out by value.
# limits: tight
def sort_numbers(numbers):
    result = [0]
    for _ in range(40):
        result = [result, result]
    return result
