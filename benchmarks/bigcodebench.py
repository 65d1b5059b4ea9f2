"""BigCodeBench's own solutions, and completions with a published status, judged with a bundle of packages.

    python benchmarks/bigcodebench.py PROBLEMS.jsonl.gz COMPLETIONS.jsonl.gz --packages NAME [--problems 200]

Prints the share of the problems whose own solution passes, the share of the completions whose verdict is the
published status, and each difference in a group; `benchmarks/bigcodebench_requirements.txt` is the bundle that the
figures in docs/packages.md were made with.
"""

import argparse
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from evaluator.errors import ProblemsError
from evaluator.files.jsonl import read_rows
from evaluator.problems import Problem, load_problems
from sandbox import JudgeMode, Limits, Outcome, Program, SandboxOptions, open_sandbox

# Why a verdict is what it is, as far as its detail tells; the first that matches counts.
_GROUPS: Final = {
    "a package or data that is not in the bundle": r"No module named|optional dependency|Resource .*not found",
    "another program or /proc": r"not permitted: '|No such file or directory \(|directory: '/(proc|bin|usr)|subprocess",
    "the network": r"gaierror|ConnectionError|URLError|NameResolution|Max retries|socket|ftplib|dns\.",
    "time": r"^used |^took ",
    "memory": r"MemoryError|Unable to allocate",
    "the scratch folder": r"No space left|Read-only file system",
}


def main() -> None:
    """Judge, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("set", type=Path)
    parser.add_argument("completions", type=Path)
    parser.add_argument("--packages", required=True)
    parser.add_argument("--problems", type=int, default=200, help="how many, evenly spread over the set")
    parser.add_argument("--only", help="numbers of problems, such as 102,245, in place of all those")
    parser.add_argument("--workers", type=int)
    parser.add_argument("--timeout", type=float, default=120.0)
    parser.add_argument("--memory-mb", type=int, default=2048)
    parser.add_argument("--isolation", default="namespaces")
    asked = parser.parse_args()
    everything = list(load_problems(asked.set))
    count = min(asked.problems, len(everything))
    problems = [everything[place * len(everything) // count] for place in range(count)]
    if asked.only:
        wanted = {f"BigCodeBench/{number}" for number in asked.only.split(",")}
        problems = [each for each in everything if each.task_id in wanted]
    given = _completions(asked.completions, problems)
    options = SandboxOptions(
        limits=Limits(cpu_s=asked.timeout, memory_bytes=asked.memory_mb << 20),
        judge=JudgeMode.IN_PROCESS,
        isolation=asked.isolation,
        packages=asked.packages,
    )
    own = [Program(each.prompt + (each.canonical_solution or ""), each.check) for each in problems]
    written = [Program(source, problem.check) for problem, source, _status in given]
    with open_sandbox(asked.workers, options) as box:
        outcomes = box.judge([*own, *written])
    passing = _report_solutions(problems, outcomes[: len(own)])
    _report_statuses(given, outcomes[len(own) :], passing)


def _completions(path: Path, problems: list[Problem]) -> list[tuple[Problem, str, str]]:
    """Return the completions of the problems, with their published status."""
    by_id = {each.task_id: each for each in problems}
    rows = [row.value for row in read_rows(path, error=ProblemsError)]
    return [
        (by_id[str(row["task_id"])], str(row["solution"]), str(row["status"]))
        for row in rows
        if row["task_id"] in by_id
    ]


def _report_solutions(problems: list[Problem], outcomes: list[Outcome]) -> set[str]:
    pairs = list(zip(problems, outcomes, strict=True))
    passing = {problem.task_id for problem, outcome in pairs if outcome.verdict.passed}
    print(f"own solutions that pass: {len(passing)} of {len(problems)}")
    _show(_grouped((problem.task_id, outcome) for problem, outcome in pairs if not outcome.verdict.passed))
    cpu = sorted(outcome.cpu_s for outcome in outcomes)
    print(f"CPU seconds of one: median {cpu[len(cpu) // 2]:.2f}, most {cpu[-1]:.1f}, all {sum(cpu):.0f}")
    return passing


def _report_statuses(
    given: list[tuple[Problem, str, str]], outcomes: list[Outcome], passing: set[str]
) -> None:
    same, same_where_own_passes, where_own_passes = 0, 0, 0
    different = []
    for (problem, _source, status), outcome in zip(given, outcomes, strict=True):
        agrees = outcome.verdict.passed == (status == "pass")
        same += agrees
        if problem.task_id in passing:
            where_own_passes += 1
            same_where_own_passes += agrees
        if not agrees:
            different.append((f"{problem.task_id} (published: {status})", outcome))
    print(f"statuses reproduced: {same} of {len(given)}")
    print(f"  where the own solution passes: {same_where_own_passes} of {where_own_passes}")
    _show(_grouped(different))


def _grouped(failed: Iterable[tuple[str, Outcome]]) -> Mapping[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for name, outcome in failed:
        said = f"{outcome.detail} {outcome.message}"
        found = next((group for group, words in _GROUPS.items() if re.search(words, said)), "another result")
        groups[found].append(f"{name}: {outcome.verdict.value}: {outcome.detail[:160]}")
    return groups


def _show(groups: Mapping[str, list[str]]) -> None:
    for group, lines in sorted(groups.items(), key=lambda item: -len(item[1])):
        print(f"  {group}: {len(lines)}")
        for line in lines:
            print(f"    {line}")


if __name__ == "__main__":
    main()
