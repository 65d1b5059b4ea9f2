"""Before anything runs: whether every sample fits the problem set; and what program a sample makes."""

from collections import Counter
from collections.abc import Iterable, Sequence

from evaluator.errors import SamplesError
from evaluator.problems import Problem, ProblemSet
from evaluator.samples import Sample, SampleFile, extract
from sandbox import Program

__all__ = ["program_of", "survey"]


def survey(samples: SampleFile, problems: ProblemSet, *, ignore_incomplete: bool) -> int:
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
            f"({_some(missing)}); add them, or score the rest with --ignore-incomplete"
        )
    return attempted.total()


def program_of(sample: Sample, problem: Problem, *, sanitize: bool) -> Program:
    """Return what is run for a sample."""
    if not sanitize:
        return Program(sample.source(problem.prompt), problem.check)
    taken = extract(sample.text, problem, whole=sample.whole)
    return Program(taken.program(problem.prompt, whole=sample.whole), problem.check)


def _attempted(samples: Iterable[Sample], problems: ProblemSet) -> Counter[str]:
    attempted: Counter[str] = Counter()
    for sample in samples:
        if sample.task_id not in problems:
            known = next(iter(problems)).task_id
            raise SamplesError(
                f"{sample.place}: {sample.task_id!r:.80} is no problem of {problems.name} (its ids "
                f"are like {known!r}); choose the set with --problems"
            )
        attempted[sample.task_id] += 1
    return attempted


def _some(names: Sequence[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
