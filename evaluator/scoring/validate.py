"""Before anything runs: whether every sample fits the problem set; and what program a sample makes."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from evaluator.errors import SamplesError
from evaluator.files.wording import counted
from evaluator.problems import ProblemSet
from evaluator.samples import Sample, SampleFile
from evaluator.samples.notes import Remark
from evaluator.samples.sanitize import is_chat

__all__ = ["validate_samples"]


def validate_samples(
    samples: SampleFile,
    problems: ProblemSet,
    *,
    ignore_incomplete: bool,
    sanitize: bool = True,
    tell: Callable[[str], None] | None = None,
) -> int:
    """Check every sample; return how many there are.

    Args:
        samples: the file; it is read once.
        problems: the set it is scored against.
        ignore_incomplete: accept problems without samples, and samples without an answer.
        sanitize: whether code is taken out of the samples; if not, samples that need it are told of.
        tell: called with what a person should know of the file, a sentence at a time.

    Raises:
        SamplesError: the file is bad, empty, names an unknown problem, or leaves problems out although
            `ignore_incomplete` does not say so.
    """
    attempted, chatty = _attempted(samples, problems)
    if not attempted:
        raise SamplesError(f"{samples.path}: no samples in it; it must hold at least one")
    missing = [each.task_id for each in problems if each.task_id not in attempted and not each.unusable]
    if missing and not ignore_incomplete:
        raise SamplesError(
            f"{samples.path}: no samples for {len(missing)} of {len(problems)} problems "
            f"({_some(missing)}); add them",
            option="ignore_incomplete",
            to="score the rest",
        )
    unanswered = samples.notes.unanswered
    if unanswered and not ignore_incomplete:
        raise SamplesError(
            f"{unanswered[0]}: no answer, because its generation ended in an error"
            f"{f' (the first of {len(unanswered):,} such samples)' if len(unanswered) > 1 else ''}; "
            "generate again",
            option="ignore_incomplete",
            to="score the rest",
        )
    if tell:
        for sentence in _remarks(samples, attempted.total(), 0 if sanitize else chatty):
            tell(sentence)
    return attempted.total()


def _remarks(samples: SampleFile, count: int, chatty: int) -> Iterator[str]:
    yield from samples.notes.sentences
    if samples.notes.unanswered:
        unanswered = counted(len(samples.notes.unanswered), "sample")
        yield f"Left out: {unanswered} whose generation ended in an error."
    if chatty:
        yield Remark(
            f"{chatty:,} of {count:,} samples hold Markdown fences or reasoning, which are run as they stand",
            option="sanitize",
            to="extract the code",
        )


def _attempted(samples: Iterable[Sample], problems: ProblemSet) -> tuple[Counter[str], int]:
    attempted: Counter[str] = Counter()
    chatty = 0
    for sample in samples:
        if sample.task_id not in problems:
            known = next(iter(problems)).task_id
            raise SamplesError(
                f"{sample.place}: {sample.task_id!r:.80} is not a {problems.name} problem (its ids are like "
                f"{known!r})",
                option="problems",
            )
        attempted[sample.task_id] += 1
        chatty += is_chat(sample.text)
    return attempted, chatty


def _some(names: Sequence[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
