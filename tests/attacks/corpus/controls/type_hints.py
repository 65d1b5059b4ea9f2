# problem: add
# verdict: passed
# why: Type hints, generics and postponed annotations.
from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T", bound="Missing")


class Box(Generic[T]):
    value: NotDefinedAnywhere


def add(a: int, b: int) -> Box[int]:
    return a + b
