# problem: sort_numbers
# verdict: wrong_answer | runtime_error | output_limit | out_of_memory
# why: A list of millions of numbers, one shared object.
# unsafe: true
def sort_numbers(numbers):
    return [0] * (20 << 20)
