import csv
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from evaluator.cli.main import main


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["forecast", "samples", *map(str, arguments)])


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("samples") / "counts.csv"
    rng = np.random.default_rng(0)
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["model", "task_id", "n", "c"])
        for model, top in (("small", 0.5), ("large", 0.9), ("hopeless", 0.0)):
            for task in range(50):
                writer.writerow([model, f"t{task}", 16, rng.binomial(16, top * rng.beta(0.6, 1))])
    return path


def test_json_has_one_object_for_each_model_that_can_be_forecast(table: Path) -> None:
    result = run(table, "--k", "16,1000", "--coverage", "0.5", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert [each["model"] for each in found] == ["small", "large"]
    assert "left out: hopeless: no sample passed" in result.stderr
    for each in found:
        assert set(each["pass_at"]["1000"]["intervals"]) == {"50", "80", "95"}
        assert each["pass_at"]["16"]["point"] <= each["pass_at"]["1000"]["point"]
        assert each["coverage"]["coverage"] == 0.5
        assert sum(member["weight"] for member in each["members"].values()) == pytest.approx(1)
        assert {"task_id", "more", "variance_removed"} <= set(each["next_samples"][0])


def test_a_person_gets_the_forecast_the_samples_and_where_to_sample_next(table: Path) -> None:
    result = run(table, "--model", "large", "--coverage", "0.95", "--seed", "3")
    assert result.exit_code == 0, result.output
    for words in ("large: 50 problems, 16 samples of each", "pass@1,000", "0.95 of the problems", "sample next",
                  "power-tail", "note (far_beyond)"):  # fmt: skip
        assert words in result.stdout
    assert "small" not in result.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--model", "other"), "unknown model 'other'; the table has small, large, hopeless"),
        (("--model", "hopeless"), "no sample passed"),
        (("--k", "0"), "k = 0"),
        (("--k", "many"), "is not a list of whole numbers"),
        (("--coverage", "90"), "coverage 90 is no share"),
    ],
)
def test_bad_input_is_one_sentence_and_status_2(table: Path, arguments: tuple[str, ...], says: str) -> None:
    result = run(table, *arguments)
    assert result.exit_code == 2
    assert says in result.stderr
    assert "Traceback" not in result.output
    assert not result.stdout


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    result = run(tmp_path / "none.csv")
    assert result.exit_code == 2
    assert "no such file" in result.stderr


def test_the_figure_has_a_panel_for_each_model(table: Path, tmp_path: Path) -> None:
    figure = tmp_path / "figure.svg"
    result = run(table, "--k", "1000", "--plot", figure)
    assert result.exit_code == 0, result.output
    drawn = figure.read_text()
    assert all(f"<!-- {name} -->" in drawn for name in ("small", "large", "unbiased", "95%"))
    refused = run(table, "--plot", tmp_path / "figure.bmp")
    assert refused.exit_code == 2
    assert "figures are written as" in refused.stderr
