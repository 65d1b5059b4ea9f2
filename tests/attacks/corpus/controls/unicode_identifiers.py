# problem: add
# verdict: passed
# why: Identifiers in other scripts.
def сложить(α, β):
    return α + β


def add(a, b):
    naïve = сложить(a, b)
    return naïve
