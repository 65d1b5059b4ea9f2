# problem: add
# verdict: passed
# why: An identifier that only compatibility normalisation turns into the entry point's name.
def ªdd(a, b):
    return a + b
