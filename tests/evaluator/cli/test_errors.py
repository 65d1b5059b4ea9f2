import pickle

from evaluator.cli.errors import flag
from evaluator.errors import SamplesError


def test_an_error_names_its_option_as_each_place_spells_it() -> None:
    error = SamplesError(
        "a.jsonl: no samples for 2 problems", option="ignore_incomplete", to="score the rest"
    )
    assert str(error) == "a.jsonl: no samples for 2 problems; set 'ignore_incomplete' to score the rest"
    assert error.spelled(flag).endswith("; set --ignore-incomplete to score the rest")
    assert str(SamplesError("x", option=("data", "task"))) == "x; set 'data' and 'task'"


def test_an_error_keeps_its_option_on_the_way_to_another_process_and_under_another_name() -> None:
    error = SamplesError("tmp/upload-1: damaged", option="format")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    assert str(error.renamed("tmp/upload-1", "upload")) == "upload: damaged; set 'format'"
