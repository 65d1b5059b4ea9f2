"""The judge's end of arguments that come back: a program's changes are made to the test's own objects.

A program can say of an argument only what it could have written into it: a list stays that list with another
content, a tuple, a number or a text cannot change. When the test is over, every object is put back, for it
may be one that outlives the test, such as a list of a module.
"""

from typing import Any

from sandbox.judge.candidate_process import protocol_violation
from sandbox.wire.held_arguments import content_of

__all__ = ["HeldObjects"]


class HeldObjects:
    """Objects of a test that a program has changed, and what they held before."""

    def __init__(self) -> None:
        self._before: dict[int, tuple[Any, Any]] = {}

    def change(self, parts: list[Any], changes: object) -> None:
        """Make the changes that a program's process tells of.

        Args:
            parts: the mutable parts of the call's arguments, in the order of their numbers.
            changes: as decoded; a pair of number and content for each.

        Raises:
            CandidateStoppedError: they are not of that form.
        """
        if type(changes) is not tuple:
            protocol_violation("changes of arguments that are none")
        for change in changes:
            if type(change) is not tuple or len(change) != 2 or type(change[0]) is not int:
                protocol_violation("a change of an argument that is none")
            number, content = change
            if not 0 <= number < len(parts) or not _fits(parts[number], content):
                protocol_violation("a change of what is no argument, or to another type")
            part = parts[number]
            if id(part) not in self._before:
                self._before[id(part)] = (part, content_of(part))
            _write(part, content)

    def restore(self) -> None:
        """Put every object back and forget them."""
        for part, content in self._before.values():
            _write(part, content)
        self._before.clear()


def _fits(part: object, content: object) -> bool:
    return type(content) in {list, dict, set, bytearray} and isinstance(part, type(content))


def _write(part: Any, content: Any) -> None:  # noqa: ANN401 - of one of four kinds, both
    if isinstance(part, dict):
        part.clear()
        for key, value in content.items():  # not `update`, which counts in a Counter
            part[key] = value
    elif isinstance(part, set):
        part.clear()
        part.update(content)
    else:
        part[:] = content
