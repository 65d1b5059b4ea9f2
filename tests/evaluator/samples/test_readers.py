import gzip
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluator.errors import SamplesError
from evaluator.problems import ProblemSet
from evaluator.samples import Sample, SampleFile, SampleFormat, open_samples
from evaluator.samples.sample import cached, sample_from_row

Write = Callable[..., Path]
TEXT = st.text(st.characters(codec=None), max_size=40)  # lone surrogates and NUL included
ROWS = st.lists(
    st.fixed_dictionaries(
        {"task_id": st.just("HumanEval/3"), "completion": TEXT},
        optional={"seed": st.integers(), "solution": TEXT},
    ),
    min_size=1,
    max_size=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(ROWS, st.sampled_from(["samples.jsonl", "samples.jsonl.gz"]))
def test_any_rows_come_back_as_they_were_written(
    write_rows: Write, humaneval: ProblemSet, rows: list[dict[str, Any]], name: str
) -> None:
    samples = list(open_samples(write_rows(rows, name), humaneval))
    assert [sample.row for sample in samples] == rows
    assert [sample.text for sample in samples] == [row.get("solution", row["completion"]) for row in rows]
    assert [sample.whole for sample in samples] == ["solution" in row for row in rows]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_arbitrary_bytes_give_samples_or_one_printable_complaint(
    tmp_path: Path, humaneval: ProblemSet, raw: bytes
) -> None:
    path = tmp_path / "samples"
    path.write_bytes(raw)
    try:
        list(open_samples(path, humaneval))
    except SamplesError as error:
        assert str(path) in str(error)  # noqa: PT017 - either outcome is right, a traceback is not


def test_solution_wins_and_nothing_is_put_before_it(write_rows: Write, humaneval: ProblemSet) -> None:
    row = {"task_id": "HumanEval/0", "completion": "a", "solution": "b"}
    (sample,) = open_samples(write_rows([row]), humaneval)
    assert sample.source("prompt ") == "b"
    (continued,) = open_samples(write_rows([{"task_id": "HumanEval/0", "completion": "a"}]), humaneval)
    assert continued.source("prompt ") == "prompt a"


def test_blank_lines_and_an_editors_mark_are_passed_over(tmp_path: Path, humaneval: ProblemSet) -> None:
    path = tmp_path / "samples.jsonl"
    path.write_bytes(b"\xef\xbb\xbf\n  \r\n" + b'{"task_id": "HumanEval/0", "completion": "x"}\r\n\n')
    assert [sample.place for sample in open_samples(path, humaneval)] == [f"{path}:3"]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (b'{"task_id": "HumanEval/0", "completion": "x"', r":2:45: broken JSON \(Expecting ',' delimiter\)"),
        (
            b'{"task_id": "HumanEval/0", "completion": "\x00"}',
            r":2:43: broken JSON \(Invalid control character",
        ),
        (b'{"task_id": "HumanEval/0"}', r":2: no 'completion' in this row \(it has task_id\)"),
        (b'{"completion": "x"}', r":2: no 'task_id' in this row \(it has completion\)"),
        (b'{"task_id": 0, "completion": "x"}', r":2: 'task_id' is 0, an int; it must be text"),
        (
            b'{"task_id": "HumanEval/0", "completion": null}',
            r":2: 'completion' is None, a NoneType; it must be text",
        ),
        (
            b'{"task_id": "HumanEval/0", "solution": ["x"]}',
            r":2: 'solution' is \['x'\], a list; write one row for each",
        ),
        (b"[1, 2]", r":2:1: a list where a JSON object belongs"),
        (b"\xff\xfe", r":2:1: not UTF-8"),
        (b"[" * 100_000, r":2:1: (JSON that is nested too deep|broken JSON)"),
        (b'{"a": ' + b"9" * 5000 + b"}", r":2:1: JSON that is nested too deep or holds a number too long"),
    ],
)
def test_a_bad_row_is_named_by_line_and_column(
    tmp_path: Path, humaneval: ProblemSet, line: bytes, complaint: str
) -> None:
    path = tmp_path / "samples.jsonl"
    path.write_bytes(b'{"task_id": "HumanEval/0", "completion": "x"}\n' + line + b"\n")
    with pytest.raises(SamplesError, match=complaint):
        list(open_samples(path, humaneval))


@pytest.mark.parametrize("content", [b"", b"\n\n", gzip.compress(b"")])
def test_an_empty_file_is_no_samples_file(tmp_path: Path, humaneval: ProblemSet, content: bytes) -> None:
    path = tmp_path / "samples.jsonl"
    path.write_bytes(content)
    with pytest.raises(SamplesError, match="empty; it must hold at least one sample"):
        open_samples(path, humaneval)


def test_a_gzip_bomb_is_stopped_by_the_bound_on_a_line(tmp_path: Path, humaneval: ProblemSet) -> None:
    path = tmp_path / "bomb.jsonl.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        for _ in range(80):
            file.write(b" " * (1 << 20))
    with pytest.raises(SamplesError, match=r"bomb.jsonl.gz:1: a line longer than 67,108,864 bytes"):
        list(open_samples(path, humaneval, SampleFormat.HUMAN_EVAL))


def test_a_cut_off_gzip_is_said_to_be_one(tmp_path: Path, humaneval: ProblemSet) -> None:
    path = tmp_path / "samples.jsonl.gz"
    rows = b"".join(
        b'{"task_id": "HumanEval/0", "completion": "%d"}\n' % (number**9) for number in range(200)
    )
    path.write_bytes(gzip.compress(rows)[:-40])
    with pytest.raises(SamplesError, match="damaged"):
        list(open_samples(path, humaneval))


def test_a_file_that_looks_like_nothing_known_says_what_is(tmp_path: Path, humaneval: ProblemSet) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Dear diary\n")
    with pytest.raises(
        SamplesError, match=r"unrecognised format, none of human-eval, evalplus, .*; set 'format'"
    ):
        open_samples(path, humaneval)


def test_the_format_can_be_forced(write_rows: Write, humaneval: ProblemSet) -> None:
    path = write_rows([{"task_id": "HumanEval/0", "completion": "x"}])
    with pytest.raises(SamplesError, match=r"no doc.task_id"):
        list(open_samples(path, humaneval, SampleFormat.LM_EVAL))


@pytest.mark.parametrize(
    ("extra", "readings"), [({}, 2), ({"seed": 1, "why": None}, 2), ({"logprobs": [0.5]}, 5)]
)
def test_short_file_is_read_once_and_others_anew(
    extra: dict[str, object], readings: int, tmp_path: Path
) -> None:
    begun: list[int] = []

    def read() -> Iterator[Sample]:
        begun.append(1)
        for n in range(3):
            yield sample_from_row({"task_id": "HumanEval/0", "completion": f"{n}", **extra}, tmp_path, n)

    file = cached(SampleFile(tmp_path, SampleFormat.HUMAN_EVAL, "", read))
    assert next(iter(file)).text == "0"  # a reading that is broken off is none
    assert [sample.text for sample in file] == ["0", "1", "2"]
    assert next(iter(file)).text == "0"
    assert list(file) == list(file)
    assert len(begun) == readings


def test_long_file_is_not_held(tmp_path: Path) -> None:
    row = {"task_id": "HumanEval/0", "completion": "x" * (17 << 20)}
    samples = lambda: iter([sample_from_row(row, tmp_path, 1)])  # noqa: E731
    file = cached(SampleFile(tmp_path, SampleFormat.HUMAN_EVAL, "", samples))
    [first], [second] = file, file
    assert first is not second
