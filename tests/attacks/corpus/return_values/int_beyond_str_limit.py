# problem: add
# verdict: wrong_answer
# why: An int of 20,000 digits: str() of it raises ValueError in whoever reports it.
def add(a, b):
    return 10**20_000
