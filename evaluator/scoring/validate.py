"""Before anything runs: whether every sample fits the problem set; and what program a sample makes."""

from collections import Counter
from collections.abc import Iterable, Sequence

from evaluator.errors import SamplesError
from evaluator.problems import ProblemSet
from evaluator.samples import Sample, SampleFile

__all__ = ["validate_samples"]


def validate_samples(samples: SampleFile, problems: ProblemSet, *, ignore_incomplete: bool) -> int:
    """Check every sample; return how many there are.

    Raises:
        SamplesError: the file is bad, empty, names an unknown problem, or leaves problems out although
            `ignore_incomplete` does not say so.
    """
    attempted = _attempted(samples, problems)
    if not attempted:
        raise SamplesError(f"{samples.path}: no samples in it; it must hold at least one")
    missing = [task_id for task_id in problems.problems if task_id not in attempted]
    if missing and not ignore_incomplete:
        raise SamplesError(
            f"{samples.path}: no samples for {len(missing)} of {len(problems)} problems "
            f"({_some(missing)}); add them",
            option="ignore_incomplete",
            to="score the rest",
        )
    return attempted.total()


def _attempted(samples: Iterable[Sample], problems: ProblemSet) -> Counter[str]:
    attempted: Counter[str] = Counter()
    for sample in samples:
        if sample.task_id not in problems:
            known = next(iter(problems)).task_id
            raise SamplesError(
                f"{sample.place}: {sample.task_id!r:.80} is not a {problems.name} problem (its ids are like "
                f"{known!r})",
                option="problems",
            )
        attempted[sample.task_id] += 1
    return attempted


def _some(names: Sequence[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
