"""EvalPlus's directories: `<dir>/HumanEval_0/3.py` is a whole program, the fourth sample of HumanEval/0."""

from collections.abc import Iterator
from pathlib import Path

from evaluator.errors import SamplesError
from evaluator.files.jsonl import READ_LIMITS
from evaluator.problems import ProblemSet
from evaluator.samples.sample import Sample

__all__ = ["read", "solution_files"]


def read(path: Path, problems: ProblemSet) -> Iterator[Sample]:
    """Yield the programs in a directory, problems in the set's order, samples by number.

    Raises:
        SamplesError: a folder names no problem, a file is not UTF-8 text, or is too long.
    """
    order = {task_id: position for position, task_id in enumerate(problems.listed)}
    files = [(_task_id(file, problems), file) for file in solution_files(path)]
    if not files:
        raise SamplesError(f"{path}: no programs in it; they belong in folders such as HumanEval_0/0.py")
    for task_id, file in sorted(files, key=lambda pair: (order[pair[0]], _number(pair[1]), pair[1].name)):
        name = str(file.relative_to(path))
        row = {"task_id": task_id, "solution": _text(file), "file": name}
        yield Sample(task_id, row["solution"], whole=True, row=row, place=str(file))


def solution_files(path: Path) -> list[Path]:
    """Return the `.py` files one folder down, in a fixed order."""
    return sorted(file for file in path.glob("*/*.py") if file.is_file())


def _task_id(file: Path, problems: ProblemSet) -> str:
    folder = file.parent.name
    task_id = folder.replace("_", "/")
    if task_id not in problems and task_id not in problems.left_out:
        raise SamplesError(f"{file}: {folder!r} is not a {problems.name} problem", option="problems")
    return task_id


def _number(file: Path) -> int:
    return int(file.stem) if file.stem.isdecimal() else 1 << 62


def _text(file: Path) -> str:
    try:
        with file.open(encoding="utf-8", newline="") as opened:
            text = opened.read(READ_LIMITS.line_bytes)
    except UnicodeDecodeError as bad:
        raise SamplesError(f"{file}: not UTF-8 at byte {bad.start}; save it as UTF-8") from bad
    except OSError as bad:
        raise SamplesError(f"{file}: cannot be read ({bad.strerror})") from bad
    return text.replace("\r\n", "\n")
