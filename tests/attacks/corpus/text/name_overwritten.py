# problem: add
# verdict: wrong_answer
# why: Changes the module's own name and dunder variables.
__name__ = "builtins"
__file__ = "/dev/null"
__spec__ = __loader__ = __package__ = None
__builtins__ = {}


def add(a, b):
    return 0
