# problem: add
# verdict: passed
# why: Builds its answer by exec and eval.
namespace = {}
exec("def plus(a, b):\n    return a + b\n", namespace)


def add(a, b):
    return eval("plus(a, b)", namespace, {"a": a, "b": b})
