# problem: add
# verdict: passed
# why: Examples and asserts of its own after the function.
def add(a, b):
    return a + b


assert add(1, 2) == 3
print("all tests passed")
