# problem: add
# verdict: runtime_error
# why: Reads standard input and does not cope.
def add(a, b):
    input("number? ")
    return a + b
