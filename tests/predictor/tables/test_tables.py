import gzip
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest

from predictor import (
    ForecastError,
    MissingExtraError,
    PassCounts,
    Settings,
    TableError,
    forecast_capability,
    parse_quantity,
    read_counts,
    read_losses,
)
from tests.predictor.ladders import Simulated

HEADER = "model,task_id,n,c,flops\n"


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "value"),
    [("7B", 7e9), ("2T", 2e12), ("1e22", 1e22), ("350m", 3.5e8), ("6.9e9", 6.9e9), (".5", 0.5)],
)
def test_numbers_are_read_as_people_write_them(text: str, value: float) -> None:
    assert parse_quantity(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["-7B", "0", "seven", "", "nan", "inf", "1e400", "7BB"])
def test_what_is_no_positive_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a positive number"):
        parse_quantity(text)


def test_models_are_ordered_by_compute_and_problems_as_they_come(tmp_path: Path) -> None:
    path = write(tmp_path / "counts.csv", HEADER + "big,b,10,5,2e20\nsmall,b,10,1,1e20\nsmall,a,20,2,1e20\n")
    counts = read_counts(path)
    assert counts.models == ("small", "big")
    assert counts.problems == ("b", "a")
    assert counts.samples.tolist() == [[10, 20], [10, 0]]


def test_compute_is_derived_and_marked(tmp_path: Path) -> None:
    text = "model,task_id,n,c,params,tokens\nm,a,10,5,7B,2T\n"
    compute = read_counts(write(tmp_path / "counts.csv", text)).compute[0]
    assert compute.flops == pytest.approx(6 * 7e9 * 2e12)
    assert compute.derived


def records() -> Iterable[dict[str, object]]:
    return (
        {"model": m, "task_id": t, "n": 10, "c": 3, "flops": f}
        for m, f in (("a", 1e20), ("b", 2e20))
        for t in "xy"
    )


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz", ".parquet"])
def test_every_format_gives_the_same_table(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"counts{suffix}"
    lines = "".join(json.dumps(record) + "\n\n" for record in records())
    if suffix == ".parquet":
        from pyarrow import Table, parquet

        parquet.write_table(Table.from_pylist(list(records())), path)
    elif suffix == ".jsonl.gz":
        path.write_bytes(gzip.compress(lines.encode()))
    else:
        write(path, lines)
    counts = read_counts(path)
    assert counts.models == ("a", "b")
    assert (counts.passes == 3).all()


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("m,a,10,11,1e20\n", r"counts.csv, row 1: c is 11 but n is 10"),
        ("m,a,10,5,1e20\nm,b,10,5,-1e20\n", r"row 2: flops is '-1e20'; write a positive number"),
        ("m,a,10,5,\n", r"row 1: no compute; give flops, or params and tokens"),
        ("m,a,10,5,1e20\nm,a,10,6,1e20\n", r"row 2: m and a are already in row 1"),
        ("m,a,10,5,1e20\nm,b,10,6,2e20\n", r"row 2: m has 2e\+20 FLOPs here and 1e\+20 above"),
        ("m,a,0,0,1e20\n", r"row 1: n is 0"),
        ("m,a,2.5,1,1e20\n", r"row 1: n is '2.5'; write a whole number"),
        (",a,10,5,1e20\n", r"row 1: column 'model' is missing or empty"),
        ("", r"has no rows"),
    ],
)
def test_a_bad_row_is_named_with_its_value(tmp_path: Path, rows: str, says: str) -> None:
    with pytest.raises(TableError, match=says):
        read_counts(write(tmp_path / "counts.csv", HEADER + rows))


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.jsonl", "{bad\n", "row 1: not JSON"),
        ("a.jsonl", "[1]\n", "is not an object"),
        ("a.parquet", "plain", "not a Parquet file"),
        (
            "a.csv",
            "model;task_id;n;c\nm;a;1;1\n",
            "is one column, because semicolons stand between its names",
        ),
        ("a.csv", "model\ttask_id\tn\tc\nm\ta\t1\t1\n", "is one column, because tabs stand between"),
    ],
)
def test_a_file_that_is_not_what_its_suffix_says_is_refused(
    tmp_path: Path, name: str, text: str, says: str
) -> None:
    with pytest.raises(TableError, match=says):
        read_counts(write(tmp_path / name, text))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no such file"):
        read_counts(tmp_path / "nothing.csv")


def test_a_missing_extra_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"install passlaw\[parquet\]"):
        read_counts(write(tmp_path / "a.parquet", "x"))


def test_halves_of_the_samples_add_up(ladder: Simulated) -> None:
    counts = ladder.counts
    first, second = counts.split_samples(np.random.default_rng(0))
    assert (first.passes + second.passes == counts.passes).all()
    assert (first.samples + second.samples == counts.samples).all()
    assert (first.passes <= first.samples).all()


def test_an_unknown_model_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ForecastError, match="unknown model 'c'; the table has a, b"):
        PassCounts.from_records(records()).index("c")


def test_losses_are_read_from_run_and_flops_6nd_columns(tmp_path: Path) -> None:
    path = write(tmp_path / "l.csv", "run,flops_6ND,code\nr2,2e20,2.5\nr1,1e20,3.0\nr3,3e20,\n")
    losses = read_losses(path, "code")
    assert losses.models == ("r1", "r2")
    assert losses.loss.tolist() == [3.0, 2.5]


def test_an_unknown_loss_column_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    path = write(tmp_path / "l.csv", "model,flops,code\nr1,1e20,3.0\n")
    with pytest.raises(TableError, match="no column 'prose'; the table has model, flops, code"):
        read_losses(path, "prose")


def bucketed(last: str = "hard") -> list[dict[str, object]]:
    return [
        {"model": f"m{j}", "task_id": f"t{i}", "n": 20, "c": 2 + 4 * j + i, "flops": 10.0 ** (18 + j)}
        | {"bucket": last if (j, i) == (2, 0) else "hard" if i < 2 else "easy"}
        for j in range(3)
        for i in range(5)
    ]


@pytest.mark.parametrize("method", ["report", "auto"])
def test_a_bucket_column_gives_the_buckets(method: str) -> None:
    counts = PassCounts.from_records(bucketed())
    forecast = forecast_capability(counts, 1e22, method=method, settings=Settings(size=200))
    assert [(bucket.name, bucket.problems) for bucket in forecast.buckets] == [
        ("easy", ("t2", "t3", "t4")),
        ("hard", ("t0", "t1")),
    ]


def test_a_problem_in_two_buckets_is_refused() -> None:
    with pytest.raises(TableError, match="t0 is in bucket 'easy' here and 'hard' above"):
        PassCounts.from_records(bucketed("easy"))


LOSSES = [("m0", 1e18, "2.1"), ("m1", 1e19, "1.9"), ("m2", 1e20, "1.8")]


def loss_table(kind: str, rows: list[tuple[str, float, str]]) -> bytes:
    if kind == "csv":
        return (
            "model,flops,loss\n" + "".join(f"{name},{flops},{loss}\n" for name, flops, loss in rows)
        ).encode()
    row = '{{"model": "{}", "flops": {}, "loss": {}}}\n'
    return "".join(row.format(name, flops, loss or "null") for name, flops, loss in rows).encode()


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_mark_of_byte_order_is_passed_over(
    tmp_path: Path, kind: str, pack: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / (f"losses.{kind}" + (".gz" if pack is gzip.compress else ""))
    path.write_bytes(pack(b"\xef\xbb\xbf" + loss_table(kind, LOSSES)))
    assert read_losses(path, "loss").models == ("m0", "m1", "m2")


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_what_is_not_a_number_is_refused_and_a_blank_left_out_in_every_format(
    tmp_path: Path, kind: str
) -> None:
    path = tmp_path / f"losses.{kind}"
    path.write_bytes(loss_table(kind, [*LOSSES, ("gone", 1e21, "NaN")]))
    with pytest.raises(
        TableError, match="row 4: loss is NaN, as of a run that diverged; leave the cell blank"
    ):
        read_losses(path, "loss")
    path.write_bytes(loss_table(kind, [*LOSSES, ("gone", 1e21, "")]))
    assert read_losses(path, "loss").models == ("m0", "m1", "m2")


def test_what_is_not_a_number_is_refused_in_parquet_too(tmp_path: Path) -> None:
    pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "losses.parquet"
    parquet.write_table(
        pa.table({"model": ["a", "b"], "flops": [1e18, 1e19], "loss": [2.0, float("nan")]}), path
    )
    with pytest.raises(TableError, match="row 2: loss is NaN"):
        read_losses(path, "loss")


def test_a_damaged_gzip_is_named(tmp_path: Path) -> None:
    path = tmp_path / "losses.csv.gz"
    path.write_bytes(gzip.compress(loss_table("csv", LOSSES))[:-12])
    with pytest.raises(TableError, match="damaged gzip"):
        read_losses(path, "loss")


def test_a_column_that_rises_with_compute_is_no_loss(tmp_path: Path) -> None:
    rising = [(name, flops, str(index / 4 + 0.1)) for index, (name, flops, _) in enumerate(LOSSES)]
    path = tmp_path / "table.csv"
    path.write_bytes(loss_table("csv", rising))
    with pytest.raises(TableError, match=r"loss rises with compute, from 0.1 \(m0\) to 0.6 \(m2\)"):
        read_losses(path, "loss")
    path.write_bytes(loss_table("csv", [*LOSSES, ("m3", 1e21, "1.95")]))  # one model that is off is no trend
    assert len(read_losses(path, "loss").models) == 4


@pytest.mark.parametrize("off", [1e-18, 1 / 150, 150])
def test_compute_in_another_unit_than_6nd_is_refused(tmp_path: Path, off: float) -> None:
    text = "model,task_id,n,c,flops,params,tokens\n"
    path = write(tmp_path / "counts.csv", f"{text}m,a,10,5,{6 * 7e9 * 2e12 * off},7B,2T\n")
    with pytest.raises(
        TableError, match=r"row 1: flops is .* and 6 x params x tokens is 8.4e\+22: the units differ"
    ):
        read_counts(path)


@pytest.mark.parametrize("off", [1 / 30, 1, 1.4])  # experts that rest; attention
def test_compute_that_departs_from_6nd_as_models_do_is_read(tmp_path: Path, off: float) -> None:
    text = "model,task_id,n,c,flops,params,tokens\n"
    path = write(tmp_path / "counts.csv", f"{text}m,a,10,5,{6 * 7e9 * 2e12 * off},7B,2T\n")
    assert read_counts(path).compute[0].flops == pytest.approx(6 * 7e9 * 2e12 * off)
