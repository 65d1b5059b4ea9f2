# problem: add
# verdict: passed
# why: A decorator with functools.wraps.
import functools


def traced(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


@traced
def add(a, b):
    return a + b
