from pathlib import Path

import pytest

from predictor import TableError, read_sample_counts


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_a_table_without_models_is_one_model(tmp_path: Path) -> None:
    (only,) = read_sample_counts(write(tmp_path / "c.csv", "task_id,n,c\na,4,1\nb,4,0\n"))
    assert only.model == ""
    assert only.problems == ("a", "b")
    assert only.passes.tolist() == [1, 0]
    assert only.samples.tolist() == [4, 4]


def test_a_table_of_several_models_needs_no_compute(tmp_path: Path) -> None:
    tables = read_sample_counts(write(tmp_path / "c.csv", "model,task_id,n,c\nx,a,4,1\ny,a,8,2\nx,b,4,3\n"))
    assert [table.model for table in tables] == ["x", "y"]
    assert [table.passes.tolist() for table in tables] == [[1, 3], [2]]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("task_id,n,c\na,4,5\n", "row 1: c is 5 but n is 4"),
        ("task_id,n,c\na,0,0\n", "row 1: n is 0"),
        ("task_id,n,c\na,4,1\na,4,2\n", "row 2: a is already in an earlier row"),
        ("task_id,n\na,4\n", "column 'c' is missing"),
        ("task_id,n,c\na,4,-1\n", "c is '-1'"),
        ("model,task_id,n,c\nx,a,4,1\n,b,4,1\n", "row 2: column 'model' is missing"),
        ("task_id,n,c\n", "no rows"),
    ],
)
def test_a_bad_row_is_refused_by_file_row_and_value(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(TableError, match=r"c\.csv") as refused:
        read_sample_counts(write(tmp_path / "c.csv", text))
    assert says in str(refused.value)
