# problem: add
# verdict: wrong_answer | runtime_error | exited | crashed
# why: Lying versions of type, isinstance and id for whoever encodes the value.
import builtins


class Liar:
    def __eq__(self, other):
        return True


builtins.type = lambda value: int
builtins.isinstance = lambda value, kind: True
builtins.id = lambda value: 0
builtins.int = lambda *args: 5
builtins.repr = builtins.str = lambda *args: "5"


def add(a, b):
    return Liar()
