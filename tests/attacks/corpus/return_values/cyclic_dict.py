# problem: letter_counts
# verdict: wrong_answer | runtime_error | output_limit
# why: A dict that contains itself.
def letter_counts(text):
    result = {}
    result["z"] = result
    return result
