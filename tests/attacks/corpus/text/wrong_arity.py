# problem: add
# verdict: runtime_error
# why: Takes the wrong number of arguments.
def add(a):
    return a
