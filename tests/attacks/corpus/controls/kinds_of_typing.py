# problem: probe
# verdict: passed
# why: asks what kind of thing names of typing are, which stand-ins for them would answer otherwise
# test: assert candidate() == (True, False, True, 'no number')
import math
import typing
from typing import Any, List, Optional


def f():
    try:
        told = 1 + List
    except TypeError as error:
        told = "no number" if "_SpecialGenericAlias" in str(error) else str(error)
    return isinstance(Any, type), type(List) is type(Optional), type(typing) is type(math), told
