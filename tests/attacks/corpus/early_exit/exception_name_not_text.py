# problem: add
# verdict: runtime_error | wrong_answer
# why: An exception class whose name is a lying str subclass, swapped in after the fact.
class Name(str):
    def __eq__(self, other):
        return True

    __hash__ = str.__hash__


class Odd(Exception):
    pass


Odd.__name__ = Name("SystemExit")
Odd.__qualname__ = "x" * 100_000


def add(a, b):
    raise Odd("passed")
