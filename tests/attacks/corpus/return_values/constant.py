# problem: add
# verdict: wrong_answer
# why: The plainest wrong answer.
def add(a, b):
    return 0
