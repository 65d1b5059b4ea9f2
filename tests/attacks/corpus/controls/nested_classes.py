# problem: add
# verdict: passed
# why: Classes within classes, properties, __slots__ and operators.
class Outer:
    class Inner:
        __slots__ = ("value",)

        def __init__(self, value):
            self.value = value

        def __add__(self, other):
            return Outer.Inner(self.value + other.value)

        @property
        def plain(self):
            return self.value


def add(a, b):
    return (Outer.Inner(a) + Outer.Inner(b)).plain
