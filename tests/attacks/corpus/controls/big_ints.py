# problem: add
# verdict: passed
# why: Integers of thousands of digits inside.
import math


def add(a, b):
    huge = math.factorial(2000)
    return (a * huge + b * huge) // huge
