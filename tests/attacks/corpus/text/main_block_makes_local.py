# problem: probe
# verdict: runtime_error
# why: a statement that is never reached makes a builtin's name local, so that an annotation fails
# test: assert candidate(3) == 4
def f(n):
    if __name__ == "__main__":
        int = 3

    def g(x: int):
        return x

    return g(n) + 1
