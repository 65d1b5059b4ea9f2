# problem: add
# verdict: passed
# why: Plain recursion, a few hundred deep.
def add(a, b):
    if b == 0 or abs(b) > 500:
        return a + b
    return add(a, b - 1) + 1 if b > 0 else add(a, b + 1) - 1
