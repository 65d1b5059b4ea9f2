"""Completions from a real server, llama.cpp's, of a tiny model: asked for, resumed, scored."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

import evaluator
from evaluator.errors import EvaluatorError, OutputError, ProblemsError
from evaluator.generation import Generation, GenerationProgress, generate
from evaluator.generation.rows import open_rows
from evaluator.problems import ProblemSet, load_problems


def ask(problems: ProblemSet, output: Path, url: str, **more: Any) -> Generation:
    options: dict[str, Any] = {"model": "digits", "n": 4, "seed": 1, "temperature": 1.0, "concurrency": 3}
    return generate(problems, output, base_url=url, **options | more)


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_every_completion_of_a_real_server_gets_its_verdict(
    problems: ProblemSet, digit_server: str, tmp_path: Path
) -> None:
    made = ask(problems, tmp_path / "s.jsonl", digit_server)
    assert (made.rows, made.made, made.cut, made.complete, made.failures) == (12, 12, 0, True, ())
    assert made.tokens >= 12
    result = evaluator.evaluate(made.output, problems, workers=1)
    verdicts = rows_of(tmp_path / "s.jsonl_results.jsonl")
    assert result.samples == len(verdicts) == 12
    for row in verdicts:
        least = int(row["task_id"].removeprefix("digit/"))
        assert row["verdict"] == ("passed" if int(row["completion"]) >= least else "wrong_answer")
        assert (row["model"], row["finish_reason"]) == ("digits", "stop")


def test_a_seed_makes_the_same_completions_again_and_each_its_own(
    problems: ProblemSet, digit_server: str, tmp_path: Path
) -> None:
    files = [ask(problems, tmp_path / name, digit_server, n=8).output for name in ("a.jsonl", "b.jsonl")]
    first, second = (
        sorted((row["task_id"], row["sample"], row["seed"], row["completion"]) for row in rows_of(file))
        for file in files
    )
    assert first == second
    assert len({row[2] for row in first}) == 24
    assert len({row[3] for row in first}) > 1


def test_a_second_call_asks_for_what_is_missing_alone(
    problems: ProblemSet, digit_server: str, tmp_path: Path
) -> None:
    output = ask(problems, tmp_path / "s.jsonl", digit_server).output
    whole = output.read_bytes()
    lines = whole.splitlines(keepends=True)
    kept = b"".join(lines[:7])
    output.write_bytes(kept + lines[7][:20])
    told: list[str] = []
    states: list[GenerationProgress] = []
    again = ask(problems, output, digit_server, tell=told.append, progress=states.append)
    assert (again.made, again.rows, again.complete) == (5, 12, True)
    assert output.read_bytes().startswith(kept)
    assert sorted(output.read_bytes().splitlines()) == sorted(whole.splitlines())
    assert told == [f"{output}: its last row was cut off and is asked for again"]
    assert [state.done for state in states] == [8, 9, 10, 11, 12]
    assert ask(problems, output, digit_server).made == 0


def test_more_completions_are_added_to_those_that_are_there(
    problems: ProblemSet, digit_server: str, tmp_path: Path
) -> None:
    # One request at a time: the rows come in the order of the requests.
    output = ask(problems, tmp_path / "s.jsonl", digit_server, n=2, concurrency=1).output
    more = ask(problems, output, digit_server, n=3)
    assert (more.made, more.rows) == (3, 9)
    assert json.loads(more.record.read_text())["settings"]["n"] == 3
    # The first sample of every problem is asked for before any second one.
    assert [row["sample"] for row in rows_of(output)[:3]] == [0, 0, 0]


@pytest.mark.parametrize(
    ("other", "complaint"),
    [
        ({"temperature": 0.5}, "was made with temperature 1.0, not 0.5; give the file's own settings"),
        ({"seed": None}, "was made with seed 1, not null"),
        ({"model": "other"}, 'was made with model "digits", not "other"'),
        ({"stop": ("\n",)}, "was made with stop"),
        ({"chat": True}, 'was made with endpoint "completions", not "chat/completions"'),
        ({"extra": {"top_k": 1}}, 'was made with extra {}, not {"top_k": 1}'),
        ({"template": "# {prompt}"}, "was made with another template"),
        ({"n": 2}, "was made with n 4, and a smaller n 2"),
    ],
)
def test_other_settings_than_the_files_are_refused(
    other: dict[str, Any], complaint: str, problems: ProblemSet, digit_server: str, tmp_path: Path
) -> None:
    output = ask(problems, tmp_path / "s.jsonl", digit_server).output
    before = output.read_bytes()
    with pytest.raises(EvaluatorError) as refused:
        ask(problems, output, digit_server, **other)
    assert complaint in str(refused.value)
    assert output.read_bytes() == before


def test_what_is_no_file_of_ours_is_left_alone(
    problems: ProblemSet, digit_server: str, tmp_path: Path
) -> None:
    output = tmp_path / "s.jsonl"
    output.write_text('{"task_id": "digit/0", "completion": "1"}\n')
    with pytest.raises(EvaluatorError, match=r"has no record s\.jsonl_generation\.json beside it"):
        ask(problems, output, digit_server)
    made = ask(problems, tmp_path / "t.jsonl", digit_server)
    with made.output.open("a") as file:
        file.write('{"task_id": "digit/0", "completion": "1"}\n')
    with pytest.raises(EvaluatorError, match=r"t\.jsonl:13: no row of 'passlaw generate'"):
        ask(problems, made.output, digit_server)


def apps_rows(with_tests: list[bool]) -> list[dict[str, Any]]:
    calls = {"fn_name": "digit", "inputs": [[]], "outputs": [1]}
    return [
        {"problem_id": number, "question": "Give a digit.", "input_output": calls if there else ""}
        for number, there in enumerate(with_tests)
    ]


def written(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_problems_without_tests_are_asked_for_only_on_request(digit_server: str, tmp_path: Path) -> None:
    problems = load_problems(written(tmp_path / "apps.jsonl", apps_rows([True, False, True])))
    told: list[str] = []
    made = ask(problems, tmp_path / "s.jsonl", digit_server, n=2, tell=told.append)
    assert {row["task_id"] for row in rows_of(made.output)} == {"0", "2"}
    assert (made.total, made.rows, made.complete, made.left_out) == (4, 4, True, ("1",))
    said = "1 of 3 problems of apps.jsonl are not asked for, because they cannot be scored: 1: no tests; its "
    assert told == [f"{said}input_output is empty"]
    assert json.loads(made.record.read_text())["problems"]["left_out"] == ["1"]
    assert evaluator.evaluate(made.output, problems, workers=1).samples == 4
    every = ask(problems, made.output, digit_server, n=2, all_problems=True)
    assert (every.total, every.made, every.left_out) == (6, 2, ())
    # What is there stays and counts, whoever asked for it.
    again = ask(problems, made.output, digit_server, n=2)
    assert (again.total, again.rows, again.made, again.complete) == (6, 6, 0, True)


def test_a_set_without_any_test_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    problems = load_problems(written(tmp_path / "apps.jsonl", apps_rows([False, False])))
    with pytest.raises(ProblemsError, match="no problem of the set can be scored") as refused:
        generate(problems, tmp_path / "out.jsonl", base_url="http://localhost:1/v1", model="m")
    assert "'all_problems'" in str(refused.value)
    assert [file.name for file in tmp_path.iterdir()] == ["apps.jsonl"]


def test_two_processes_do_not_write_one_file(problems: ProblemSet, digit_server: str, tmp_path: Path) -> None:
    output = ask(problems, tmp_path / "s.jsonl", digit_server, n=1).output
    with open_rows(output), pytest.raises(OutputError, match="another process writes this file"):
        ask(problems, output, digit_server, n=1)


def test_chat_answers_are_scored_with_sanitize(
    problems: ProblemSet, digit_server: str, tmp_path: Path
) -> None:
    made = ask(problems, tmp_path / "s.jsonl", digit_server, chat=True, system="Be brief.")
    record = json.loads(made.record.read_text())
    assert record["templates"]["function"].startswith("Complete the following Python function.")
    assert record["settings"]["system"] == "Be brief."
    assert all(row["completion"] in set("0123456789") for row in rows_of(made.output))
    result = evaluator.evaluate(made.output, problems, workers=1, sanitize=True)
    assert sum(result.verdicts.values()) == 12
    assert result.counts["digit/0"] == (4, 4)


def test_it_works_where_an_event_loop_is_running(
    problems: ProblemSet, digit_server: str, tmp_path: Path
) -> None:
    async def cell() -> Generation:
        return ask(problems, tmp_path / "s.jsonl", digit_server, n=1)

    assert asyncio.run(cell()).complete


def test_cut_answers_are_counted(problems: ProblemSet, digit_server: str, tmp_path: Path) -> None:
    made = ask(problems, tmp_path / "s.jsonl", digit_server, n=2, max_tokens=1)
    assert (made.rows, made.cut) == (6, 6)
    assert {row["finish_reason"] for row in rows_of(made.output)} == {"length"}
    assert json.loads(made.record.read_text())["cut"] == 6


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"n": 0}, "n: 0 is not a whole number from 1"),
        ({"temperature": float("nan")}, "temperature: nan"),
        ({"top_p": 0.0}, "top_p: 0.0"),
        ({"template": "no place"}, "has no {prompt}"),
        ({"system": "x"}, "a system message is for chat"),
        ({"extra": {"seed": 1}}, "'seed' has an option of its own"),
        ({"concurrency": 0}, "concurrency: 0"),
        ({"base_url": "localhost:8000"}, "must be like http://localhost:8000/v1"),
        ({"base_url": "http://me:secret@host/v1"}, "host: no user or password belongs into the URL"),
    ],
)
def test_wrong_options_are_refused_before_anything_is_written(
    options: dict[str, Any], complaint: str, problems: ProblemSet, tmp_path: Path
) -> None:
    given: dict[str, Any] = {"base_url": "http://localhost:1/v1", "model": "m"}
    with pytest.raises(EvaluatorError) as refused:
        generate(problems, tmp_path / "out.jsonl", **given | options)
    assert complaint in str(refused.value)
    assert [file.name for file in tmp_path.iterdir()] == ["digits.jsonl"]
