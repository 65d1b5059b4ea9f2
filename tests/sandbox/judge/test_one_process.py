"""What a test sees of a function that runs elsewhere is what it sees of one in its own process."""

import pytest

from sandbox import Check, Program, Sandbox, Verdict

IMPORTS = "from collections import Counter, OrderedDict, deque\n"
IDENTITY = "def f(x):\n    return x\n"
RAISES = "class Own(KeyError):\n    pass\ndef f(kind, *args):\n    raise eval(kind)(*args)\n"
TEXTS = """
def check(candidate):
    for kind, *args in {given}:
        try:
            candidate(kind, *args)
        except Exception as error:
            assert str(error) == {text}, str(error)
        else:
            assert False
"""
THREADS = """
from concurrent.futures import ThreadPoolExecutor
def check(candidate):
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(candidate, range(300))) == list(range(300))
"""
ITERATORS = THREADS.replace(
    "list(pool.map(candidate, range(300)))", "list(pool.map(next, map(candidate, range(300))))"
)
NAMES = """
def check(candidate):
    assert candidate(1) == 1, f"{candidate.__name__} is wrong"
    assert candidate.__name__ == "f"
"""
CASES = {
    "text of a key": (RAISES, TEXTS.format(given="[('KeyError', 'a'), ('Own', 'a')]", text="\"'a'\"")),
    "text of a tuple": (RAISES, TEXTS.format(given="[('KeyError', (1, 'b'))]", text="\"(1, 'b')\"")),
    "text of an object": (
        "def f(kind):\n    raise KeyError(len)\n",
        TEXTS.format(given="[('KeyError',)]", text="'<built-in function len>'"),
    ),
    "no text": (RAISES, TEXTS.format(given="[('KeyError',), ('ValueError',)]", text="''")),
    "another text": (RAISES, TEXTS.format(given="[('ValueError', 'a')]", text="'a'")),
    "calls from threads": (IDENTITY, THREADS),
    "iterators in threads": ("def f(x):\n    yield x\n", ITERATORS),
    "name": (IDENTITY, NAMES),
    "order of an OrderedDict": (
        f"{IMPORTS}def f():\n    d = OrderedDict(a=1, b=2)\n    d.move_to_end('a')\n    return d\n",
        (
            f"{IMPORTS}def check(f):\n    assert list(f()) == ['b', 'a'] and f() == OrderedDict(b=2, a=1) == dict(a=1, b=2)\n"
            "    assert list(f().items()) == [('b', 2), ('a', 1)]\n"
        ),
    ),
    "views of an OrderedDict": (
        f"{IMPORTS}def f(name):\n    return getattr(OrderedDict(b=[2], a=1), name)()\n",
        (
            "def check(f):\n    assert list(f('items')) == [('b', [2]), ('a', 1)] and list(f('values')) == [[2], 1]\n"
            "    assert f('keys') == {'a', 'b'}\n"
        ),
    ),
    "zeros of a Counter": (
        f"{IMPORTS}def f():\n    return Counter(a=2, b=0)\n",
        (
            f"{IMPORTS}def check(f):\n    assert f() == Counter('aa') and f()['z'] == 0 and f().most_common(1) == [('a', 2)]\n"
            "    assert f() == dict(a=2, b=0) and str(f()) == \"Counter({'a': 2, 'b': 0})\"\n"
        ),
    ),
    "deque": (
        f"{IMPORTS}def f(n):\n    return deque([[1], 2], n)\n",
        f"{IMPORTS}def check(f):\n    assert f(9) == deque([[1], 2]) != [[1], 2] and list(f(1)) == [2] and len(f(2)) == 2\n",
    ),
}


@pytest.mark.levels("namespaces")
@pytest.mark.parametrize("name", CASES)
def test_right_program_passes_as_in_one_process(box: Sandbox, name: str) -> None:
    program, test = CASES[name]
    namespace: dict[str, object] = {}
    exec(f"{program}\n{test}\ncheck(f)\n", namespace)
    (outcome,) = box.run([Program(program, Check("f", test))])
    assert outcome.verdict is Verdict.PASSED, outcome.detail


WRONG = {
    "OrderedDict in another order": (
        f"{IMPORTS}def f():\n    return OrderedDict(b=2, a=1)\n",
        f"{IMPORTS}def check(f):\n    assert f() == OrderedDict(a=1, b=2)\n",
    ),
    "Counter for a dict": (
        f"{IMPORTS}def f():\n    return Counter('a')\n",
        "def check(f):\n    assert type(f()) is dict and str(f()) == \"{'a': 1}\"\n",
    ),
}


@pytest.mark.levels("namespaces")
@pytest.mark.parametrize("name", WRONG)
def test_wrong_program_fails_as_in_one_process(box: Sandbox, name: str) -> None:
    program, test = WRONG[name]
    with pytest.raises(AssertionError):
        exec(f"{program}\n{test}\ncheck(f)\n", {})
    (outcome,) = box.run([Program(program, Check("f", test))])
    assert outcome.verdict is Verdict.WRONG_ANSWER


ALARMED = """
import signal
class LateError(Exception):
    pass
def stop(number, frame):
    raise LateError
def check(candidate):
    signal.signal(signal.SIGALRM, stop)
    for number in range(3):
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        try:
            assert candidate(number) == number
        except LateError:
            pass
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
"""
LATE = "import time\ndef f(x):\n    if x == 0:\n        time.sleep(0.5)\n    return x\n"


@pytest.mark.levels("namespaces")
def test_an_answer_that_was_not_awaited_is_not_taken_for_the_next(box: Sandbox) -> None:
    check = Check("f", ALARMED)
    late, early = box.run([Program(LATE, check), Program(IDENTITY, check)])
    assert (late.verdict, early.verdict) == (Verdict.TIMED_OUT, Verdict.PASSED)
    assert late.detail.startswith("the test broke off a call")


@pytest.mark.levels("namespaces")
def test_alarm_handler_of_a_test_does_not_stay(box: Sandbox) -> None:
    looks = "import signal\ndef check(candidate):\n    assert candidate(signal.getsignal(14).__name__) != 'stop'\n"
    outcomes = box.run([Program(IDENTITY, Check("f", ALARMED)), Program(IDENTITY, Check("f", looks))])
    assert [each.verdict for each in outcomes] == [Verdict.PASSED] * 2
