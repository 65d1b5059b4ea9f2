import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evaluator.errors import SamplesError
from evaluator.problems import ProblemSet
from evaluator.samples import SampleFormat, open_samples

Write = Callable[..., Path]


def test_a_directory_is_read_by_problem_and_number(tmp_path: Path, humaneval: ProblemSet) -> None:
    for folder, file in [("HumanEval_10", "0"), ("HumanEval_2", "10"), ("HumanEval_2", "9")]:
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / f"{file}.py").write_text(f"# {folder} {file}\n")
    samples = list(open_samples(tmp_path, humaneval))
    assert [sample.text for sample in samples] == [
        "# HumanEval_2 9\n",
        "# HumanEval_2 10\n",
        "# HumanEval_10 0\n",
    ]
    assert all(sample.whole for sample in samples)


def test_a_folder_that_names_no_problem_is_refused(tmp_path: Path, humaneval: ProblemSet) -> None:
    (tmp_path / "HumanEval_999").mkdir()
    (tmp_path / "HumanEval_999" / "0.py").write_text("")
    with pytest.raises(SamplesError, match="'HumanEval_999' is not a humaneval problem"):
        list(open_samples(tmp_path, humaneval))


def test_bigcodes_lists_are_programs_in_the_sets_order(tmp_path: Path, humaneval: ProblemSet) -> None:
    path = tmp_path / "generations_humaneval.json"
    path.write_text(json.dumps([["a", "b"], [], ["c"]]))
    samples = open_samples(path, humaneval)
    assert samples.format is SampleFormat.BIGCODE
    assert [(sample.task_id, sample.text, sample.whole) for sample in samples] == [
        ("HumanEval/0", "a", True), ("HumanEval/0", "b", True), ("HumanEval/2", "c", True),
    ]  # fmt: skip


def test_a_list_larger_than_the_buffer_is_read_element_by_element(
    tmp_path: Path, humaneval: ProblemSet
) -> None:
    path = tmp_path / "generations.json"
    lists = [["é" * 40_000 + str(number)] * 20 for number in range(5)]
    path.write_text(json.dumps(lists, ensure_ascii=False))
    assert [sample.text for sample in open_samples(path, humaneval)] == [
        text for texts in lists for text in texts
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[["a"], "b"]', "element 1 is 'b', not a list of programs"),
        ('[["a"], [3]]', "element 1, sample 0: 3 is not text"),
        ('[["a"] ["b"]]', r"broken JSON at character 8 \(expected '\]'\)"),
        ('[["a", ', r"broken JSON at character 9 \(Expecting value\)"),
        (json.dumps([["a"]] * 165), "more than the 164 lists of humaneval"),
    ],
)
def test_a_bad_generations_file_is_placed(
    tmp_path: Path, humaneval: ProblemSet, text: str, complaint: str
) -> None:
    path = tmp_path / "generations.json"
    path.write_text(text)
    with pytest.raises(SamplesError, match=complaint):
        list(open_samples(path, humaneval))


def test_lm_evals_filtered_programs_are_used_whole(write_rows: Write, humaneval: ProblemSet) -> None:
    prompt = humaneval["HumanEval/4"].prompt
    row = {
        "doc_id": 4, "doc": {"task_id": "HumanEval/4", "prompt": prompt}, "target": "", "arguments": [],
        "resps": [["    return 1\n", "    return 2\n"]],
        "filtered_resps": [[prompt + "    return 1\n", prompt + "    return 2\n"]],
    }  # fmt: skip
    samples = list(open_samples(write_rows([row], "samples_humaneval_2026-01-01.jsonl"), humaneval))
    assert [sample.source(prompt) for sample in samples] == [prompt + f"    return {i}\n" for i in (1, 2)]
    assert [sample.row["resp"] for sample in samples] == [0, 1]
    del row["filtered_resps"]
    raw = list(open_samples(write_rows([row]), humaneval))
    assert [(sample.whole, sample.source(prompt)) for sample in raw] == [
        (False, prompt + "    return 1\n"), (False, prompt + "    return 2\n"),
    ]  # fmt: skip


def inspect_sample(task: int, epoch: int, content: object) -> dict[str, Any]:
    message = {"role": "assistant", "content": content}
    return {
        "id": f"HumanEval/{task}",
        "epoch": epoch,
        "input": "?",
        "output": {"choices": [{"message": message}]},
    }


@pytest.mark.parametrize("kind", ["zip", "json", "pretty"])
def test_inspect_logs_give_a_sample_for_each_epoch(tmp_path: Path, humaneval: ProblemSet, kind: str) -> None:
    parts = [{"type": "reasoning", "reasoning": "hm"}, {"type": "text", "text": "    return 2\n"}]
    logged = [inspect_sample(0, 1, "    return 1\n"), inspect_sample(0, 2, parts)]
    path = tmp_path / "log.eval"
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("header.json", "{}")
            for sample in logged:
                archive.writestr(f"samples/HumanEval_0_epoch_{sample['epoch']}.json", json.dumps(sample))
    else:
        log = {"version": 2, "status": "success", "eval": {"task": "humaneval"}, "samples": logged}
        path.write_text(json.dumps(log, indent=1 if kind == "pretty" else None))
    samples = open_samples(path, humaneval)
    assert samples.format is SampleFormat.INSPECT
    assert [(sample.task_id, sample.text) for sample in samples] == [
        ("HumanEval/0", "    return 1\n"), ("HumanEval/0", "    return 2\n"),
    ]  # fmt: skip


def test_an_inspect_sample_without_an_answer_is_named(tmp_path: Path, humaneval: ProblemSet) -> None:
    path = tmp_path / "log.json"
    path.write_text(json.dumps({"eval": {}, "samples": [{"id": "HumanEval/0", "output": {}}]}))
    with pytest.raises(SamplesError, match=r"samples\[0\]: no answer \(no output.choices"):
        list(open_samples(path, humaneval))


def test_csv_keeps_commas_quotes_and_line_ends_in_fields(tmp_path: Path, humaneval: ProblemSet) -> None:
    text = '    return "a,b"\n\n    # é\r\n'
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerows(
        [["task_id", "completion", "seed"], ["HumanEval/0", text, "1"], ["HumanEval/1", "x", "2"]]
    )
    path = tmp_path / "samples.csv"
    path.write_bytes(table.getvalue().encode())
    samples = open_samples(path, humaneval)
    assert samples.format is SampleFormat.CSV
    assert [(sample.text, sample.row["seed"]) for sample in samples] == [(text, "1"), ("x", "2")]


def test_a_ragged_csv_row_is_named(tmp_path: Path, humaneval: ProblemSet) -> None:
    path = tmp_path / "samples.csv"
    path.write_text("task_id,completion\nHumanEval/0,x\nHumanEval/1,x,y\n")
    with pytest.raises(SamplesError, match=r"samples.csv:3: not as many fields as the header has"):
        list(open_samples(path, humaneval))


def test_parquet_rows_are_samples_and_a_null_solution_is_none(tmp_path: Path, humaneval: ProblemSet) -> None:
    pa = pytest.importorskip("pyarrow", reason="Parquet needs pyarrow; install passlaw[parquet]")
    parquet = pytest.importorskip("pyarrow.parquet")
    columns = {
        "task_id": ["HumanEval/0", "HumanEval/1"],
        "completion": ["a", "b"],
        "solution": ["whole", None],
    }
    path = tmp_path / "samples.parquet"
    parquet.write_table(pa.table(columns), path)
    samples = open_samples(path, humaneval)
    assert samples.format is SampleFormat.PARQUET
    assert [(sample.text, sample.whole) for sample in samples] == [("whole", True), ("b", False)]
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(SamplesError, match="damaged Parquet"):
        list(open_samples(path, humaneval))
