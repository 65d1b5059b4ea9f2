"""Problems on which scoring the same program again gives another verdict.

A test that draws its questions may pass a wrong program now and then; a program may be near a limit or draw
numbers itself. How often is read off results files: of one run without sharing of outcomes, or of several.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from evaluator.errors import RunError
from evaluator.files.jsonl import read_rows

__all__ = ["Flakiness", "flakiness"]


@dataclass(frozen=True, slots=True)
class Flakiness:
    """How repeatable a problem's verdicts are.

    Attributes:
        task_id: the problem.
        programs: distinct programs that were scored more than once.
        flaky: those of them that passed once and did not pass another time.
        disagreement: the chance that two scorings of the same program disagree on whether it passed, as a
            mean over these programs; unbiased, 2 c (n - c) / (n (n - 1)) for c passes in n scorings.
        verdicts: of the flaky programs' scorings, how many had which verdict.
    """

    task_id: str
    programs: int
    flaky: int
    disagreement: float
    verdicts: dict[str, int]


def flakiness(files: Iterable[Path]) -> list[Flakiness]:
    """Return how repeatable verdicts are, by problem, the least first; problems scored once are left out.

    Args:
        files: results files. Rows that share another's outcome (`reused`) and rows that were not scored
            (`passed` is null) count for nothing. Memory grows with the number of distinct programs.

    Raises:
        RunError: a file is no results file.
    """
    seen: dict[str, dict[bytes, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for path in files:
        if not path.is_file():
            raise RunError(f"{path}: no such file; give *_results.jsonl files")
        for line, row in read_rows(path, error=RunError):
            task_id, passed = row.get("task_id"), row.get("passed")
            text = row.get("solution", row.get("completion"))
            if not isinstance(task_id, str) or not isinstance(text, str) or "passed" not in row:
                raise RunError(f"{path}:{line}: not a results row (task_id, completion or solution, passed)")
            if passed is not None and row.get("reused") is not True:
                verdict = str(row.get("verdict") or row.get("result"))
                seen[task_id][_key(text, whole="solution" in row)]["passed" if passed else verdict] += 1
    problems = [found for task_id, programs in seen.items() if (found := _of_problem(task_id, programs))]
    return sorted(problems, key=lambda each: -each.disagreement)


def _of_problem(task_id: str, programs: dict[bytes, Counter[str]]) -> Flakiness | None:
    repeated = [each for each in programs.values() if each.total() > 1]
    if not repeated:
        return None
    flaky = [each for each in repeated if 0 < each["passed"] < each.total()]
    verdicts: Counter[str] = sum(flaky, Counter())
    mean = sum(map(_disagreement, repeated)) / len(repeated)
    return Flakiness(task_id, len(repeated), len(flaky), mean, dict(verdicts.most_common()))


def _disagreement(verdicts: Counter[str]) -> float:
    n, c = verdicts.total(), verdicts["passed"]
    return 2 * c * (n - c) / (n * (n - 1))


def _key(text: str, *, whole: bool) -> bytes:
    return hashlib.blake2b(
        text.encode("utf-8", "surrogatepass"), digest_size=16, salt=bytes([whole])
    ).digest()
