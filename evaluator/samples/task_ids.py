"""Task ids as logs write them, matched with a problem set's by their kind."""

from typing import Final

from evaluator.errors import SamplesError
from evaluator.problems import ProblemSet

__all__ = ["known_task_id"]

_NUMBERED: Final = "Mbpp/"  # the sets whose rows elsewhere have bare numbers: MBPP's own are 1 to 974


def known_task_id(given: object, problems: ProblemSet, place: str) -> str:
    """Return the set's name for a task that a log calls by text or by number.

    A bare number is MBPP's way, so it fits a set whose ids are bare numbers or MBPP's, and no other: 11 is
    no HumanEval/11.

    Raises:
        SamplesError: it is a number, and the set's ids are of another kind; or neither text nor a number.
    """
    if isinstance(given, bool) or not isinstance(given, int | str):
        raise SamplesError(f"{place}: task_id {given!r:.60} is neither text nor a number")
    text = str(given)
    if text in problems or text in problems.left_out or not text.isdecimal():
        return text
    ids = problems.listed
    if all(each.startswith(_NUMBERED) for each in ids):
        return _NUMBERED + text
    if any(each.isdecimal() for each in ids):
        return text
    raise SamplesError(
        f"{place}: task_id {text:.40} is a bare number, as MBPP's are, and the ids of {problems.name} are "
        f"like {ids[0]!r:.80}",
        option="problems",
    )
