# problem: reverse_words
# verdict: wrong_answer | runtime_error | output_limit | out_of_memory
# why: A text far beyond the limit on one value.
# unsafe: true
def reverse_words(text):
    return "x" * (64 << 20)
