# problem: add
# verdict: passed
# why: Dataclasses.
from dataclasses import dataclass, field


@dataclass(order=True)
class Pair:
    a: int
    b: int = 0
    notes: list = field(default_factory=list)

    def total(self):
        return self.a + self.b


def add(a, b):
    return Pair(a, b).total()
