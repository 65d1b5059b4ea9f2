# problem: add
# verdict: passed
# why: Metaclasses, abstract bases and descriptors.
import abc


class Registry(abc.ABCMeta):
    known = {}

    def __new__(mcls, name, bases, namespace):
        mcls.known[name] = super().__new__(mcls, name, bases, namespace)
        return mcls.known[name]


class Operation(metaclass=Registry):
    @abc.abstractmethod
    def apply(self, a, b): ...


class Plus(Operation):
    def apply(self, a, b):
        return a + b


def add(a, b):
    return Registry.known["Plus"]().apply(a, b)
