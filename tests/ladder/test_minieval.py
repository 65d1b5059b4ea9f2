"""MiniEval: texts, probabilities, tests that only right solutions pass, and a corpus without the problems."""

import json
import math
from collections import Counter
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from minieval.grammar import KINDS, draw_facts
from minieval.problems import draw_problems, mutants
from minieval.programs import Program, composition_probability, draw_programs, log_probability
from minieval.tokens import END, PAD, cut, join, places

from evaluator import evaluate

LADDER = Path(__file__).parents[2] / "examples" / "ladder"
FACTS = draw_facts(7)
PROBLEMS = draw_problems(FACTS, 7)


def text_of(program: Program) -> str:
    return program.prompt(FACTS) + program.body(FACTS)


def test_texts_are_cut_and_joined_without_loss() -> None:
    for program in islice(draw_programs(FACTS, 1), 500):
        tokens = cut(text_of(program))
        assert join(tokens) == text_of(program)
        assert tokens[-1] == END
        assert PAD not in tokens


def test_a_foreign_text_is_refused_with_its_place() -> None:
    with pytest.raises(ValueError, match=r"'print\(x\)' is not in the vocabulary"):
        cut("    x = x + 3\nprint(x)")


def test_line_and_phrase_of_one_step_stand_at_the_same_step() -> None:
    program = next(each for each in draw_programs(FACTS, 2) if len(each.steps) == 4)
    prompt, whole = cut(program.prompt(FACTS)), cut(text_of(program))
    part, step = places(np.array([whole]))
    assert part[0].tolist() == [0] * (len(prompt) - 1) + [1] * (len(whole) - len(prompt) + 1)
    assert step[0, : len(prompt) - 1].max() == 3
    predicted_from = [
        n for n in range(len(prompt) - 1, len(whole) - 1) if join([whole[n + 1]]).startswith("    x")
    ]
    assert step[0, predicted_from].tolist() == [0, 1, 2, 3]


def test_probabilities_are_the_frequencies_of_the_generator() -> None:
    drawn = [program.composition for program in islice(draw_programs(FACTS, 3), 20_000)]
    for composition, times in Counter(drawn).most_common(20):
        expected = 20_000 * composition_probability(composition, FACTS)
        assert abs(times - expected) < 5 * math.sqrt(expected)


def test_wordings_share_the_probability_of_what_they_compute() -> None:
    program = next(each for each in draw_programs(FACTS, 4) if len(each.steps) == 2)
    operations = KINDS[program.kind].operations
    ways = math.prod(len(operations[step.operation].phrases) for step in program.steps)
    whole = composition_probability(program.composition, FACTS)
    assert ways * math.exp(log_probability(program, FACTS)) == pytest.approx(whole)


def test_what_is_held_out_is_not_drawn() -> None:
    kept_out = frozenset(problem.program.composition for problem in PROBLEMS)
    assert any(each.composition in kept_out for each in islice(draw_programs(FACTS, 5), 3000))
    assert not any(each.composition in kept_out for each in islice(draw_programs(FACTS, 5, kept_out), 3000))


@pytest.mark.parametrize("data", sorted((LADDER / "data").iterdir()), ids=lambda data: data.name)
def test_the_shipped_problems_are_the_generators_own(data: Path) -> None:
    problems = draw_problems(draw_facts(int(data.name)), int(data.name))
    shipped = (data / "problems.jsonl").read_text()
    assert shipped == "".join(problem.row() + "\n" for problem in problems)
    assert Counter(problem.bucket for problem in problems) == {
        "1 step": 40, "2 steps": 40, "3 steps": 40, "4 steps": 40, "5 steps": 40, "6 steps": 40,
    }  # fmt: skip


def test_canonical_solutions_pass_and_stubs_and_mutants_fail(tmp_path: Path) -> None:
    path = tmp_path / "problems.jsonl"
    path.write_text("".join(problem.row() + "\n" for problem in PROBLEMS))
    right, wrong = [], []
    for problem in PROBLEMS:
        right.append({"task_id": problem.task_id, "completion": problem.canonical_solution})
        wrong.append({"task_id": problem.task_id, "completion": "    return x\n"})
        wrong += [
            {
                "task_id": problem.task_id,
                "completion": "".join(f"    x = {line}\n" for line in lines) + "    return x\n",
            }
            for lines in islice(mutants(problem.program, FACTS), 0, None, 5)
        ]
    passed = evaluate(right, path, k=(1,))
    assert passed.pass_at_k["pass@1"] == 1.0
    failed = evaluate(wrong, path, k=(1,))
    # What a mutant computes may be the same: x * 2 is x + x.
    assert sum(count.c for count in failed.counts.values()) < 0.01 * len(wrong)


def test_rows_have_human_evals_fields() -> None:
    row = json.loads(PROBLEMS[0].row())
    assert set(row) == {"task_id", "prompt", "entry_point", "canonical_solution", "test", "bucket"}


def test_without_pytorch_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import climb

    monkeypatch.setattr(climb, "DATA", tmp_path)
    monkeypatch.setattr(climb.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr("sys.argv", ["climb.py", "rungs"])
    with pytest.raises(SystemExit, match="pip install torch"):
        climb.main()
