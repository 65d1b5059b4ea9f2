# problem: square
# verdict: runtime_error | wrong_answer
# why: The first answer is right, then the loop ends.
def square(n):
    if n:
        raise StopIteration(n)
    return 0
