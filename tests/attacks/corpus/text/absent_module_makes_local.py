# problem: probe
# verdict: runtime_error
# why: an import that fails binds nothing and makes a builtin's name local all the same
# test: assert candidate(3) == 4
def f(n):
    try:
        import gone as int
    except ImportError:
        pass

    def g(x: int):
        return x

    return g(n) + 1
