# problem: add
# verdict: wrong_answer
# why: Right-to-left override that shows a reader other code than the interpreter sees.
def add(a, b):
    """‮ b + a nruter ⁦"""
    return 0  # ‮⁦ a + b
