import csv
import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from evaluator.cli.commands.backtest import command as backtest_command
from evaluator.cli.commands.forecast import command as forecast_command
from predictor import PassCounts
from predictor.methods.catalog import METHODS
from tests.predictor.ladders import Simulated


@click.group(context_settings={"token_normalize_func": lambda token: token.replace("_", "-")})
def main() -> None:
    """Stands for the whole command line."""


main.add_command(forecast_command)
main.add_command(backtest_command)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def write(counts: PassCounts, path: Path) -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["model", "task_id", "n", "c", "flops"])
        for j, model in enumerate(counts.models):
            for i, task in enumerate(counts.problems):
                writer.writerow([model, task, counts.samples[j, i], counts.passes[j, i], counts.flops[j]])
    return path


@pytest.fixture(scope="module")
def table(ladder: Simulated, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(ladder.counts, tmp_path_factory.mktemp("table") / "counts.csv")


@pytest.fixture(scope="module")
def losses(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("losses") / "losses.csv"
    rows = [f"m{i},{10.0**i:g},{1 + 2 * 10 ** (-0.1 * (i - 18)):.4f}" for i in range(18, 26)]
    path.write_text("model,flops,code\n" + "\n".join(rows) + "\n")
    return path


def test_capability_prints_json_of_the_agreed_shape(table: Path) -> None:
    result = run("forecast", "capability", table, "--target_flops", "1e24", "--method", "report", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["method"] == "report"
    assert found["target"]["flops"] == 1e24
    assert set(found["overall"]["geometric_mean_pass"]["intervals"]) == {"50", "80", "95"}


def test_capability_prints_a_table_for_a_person(table: Path) -> None:
    result = run("forecast", "capability", table, "--target-model", "m4", "--method", "auto")
    assert result.exit_code == 0, result.output
    for words in ("geometric mean pass", "pass@10", "1 of 6", "few_models", "record "):
        assert words in result.stdout


def test_numbers_may_be_written_as_sizes(table: Path) -> None:
    result = run(
        "forecast",
        "capability",
        table,
        "--target-params",
        "70B",
        "--target-tokens",
        "2T",
        "--method",
        "auto",
        "--json",
    )
    assert json.loads(result.stdout)["target"]["flops"] == pytest.approx(8.4e23)


def test_a_plot_is_drawn(table: Path, losses: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "counts.svg", tmp_path / "loss.png"
    assert (
        run(
            "forecast", "capability", table, "--target-model", "m4", "--method", "report", "--plot", first
        ).exit_code
        == 0
    )
    assert (
        run(
            "forecast", "loss", losses, "--column", "code", "--target-model", "m25", "--plot", second
        ).exit_code
        == 0
    )
    assert first.stat().st_size > 5000
    assert second.stat().st_size > 5000


def test_loss_prints_json_of_the_agreed_shape(losses: Path) -> None:
    result = run("forecast", "loss", losses, "--column", "code", "--target-model", "m25", "--json")
    found = json.loads(result.stdout)
    assert {"law", "target", "loss", "warnings", "record_sha256"} <= set(found)
    assert found["loss"]["point"] == pytest.approx(1 + 2 * 10**-0.7, rel=0.01)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--target-flops", "1e24", "--target-model", "m4"], "exclude each other"),
        ([], "no target; give --target-model"),
        (["--target-model", "m9"], "unknown target 'm9'"),
        (["--target-flops", "-3"], "-3"),
        (["--target-flops", "1e24", "--train-models", "m0,m1"], "2 training models"),
        (["--target-flops", "1e24", "--seed", "-1"], "-1"),
        (["--target-flops", "1e24", "--k", "0"], "at least 1"),
        (["--target-flops", "1e24", "--plot", "nowhere/x.svg", "--method", "last-value"], "nowhere/x.svg"),
    ],
)
def test_bad_input_is_one_line_and_status_2(table: Path, arguments: list[str], says: str) -> None:
    result = run("forecast", "capability", table, *arguments)
    assert result.exit_code == 2
    assert says in result.stderr
    assert "Traceback" not in result.output
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--column", "code", "--method", "guess"], "unknown method 'guess'"),
        (["--train-models", "m0"], "--train-models requires --column"),
    ],
)
def test_backtest_says_what_does_not_fit(losses: Path, arguments: list[str], says: str) -> None:
    result = run("backtest", losses, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr


def test_a_known_irreducible_loss_is_taken_from_the_command_line(losses: Path) -> None:
    arguments = ("forecast", "loss", losses, "--column", "code", "--target-model", "m25", "--irreducible")
    found = json.loads(run(*arguments, "1", "--json").stdout)
    assert found["settings"]["irreducible"] == found["law"]["c"] == 1
    assert found["loss"]["point"] == pytest.approx(1 + 2 * 10**-0.7, rel=0.01)
    refused = run(*arguments, "9")
    assert refused.exit_code == 2
    assert "below every loss" in refused.stderr


def test_a_bad_row_is_named_on_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("model,task_id,n,c,flops\nm,a,10,12,1e20\n")
    result = run("forecast", "capability", path, "--target-flops", "1e24")
    assert (result.exit_code, result.stderr.strip()) == (
        2,
        "passlaw: bad.csv, row 1: c is 12 but n is 10; c counts the passes among the n samples",
    )


def test_plan_names_samples_and_models(table: Path) -> None:
    result = run("forecast", "plan", table, "--target-flops", "1e24", "--budget", "5000", "--width", "0.01")
    assert "samples of t" in result.stdout
    found = json.loads(run("forecast", "plan", table, "--target-flops", "1e24", "--json").stdout)
    assert {"half_width_80", "samples", "new_models"} <= set(found)


@pytest.fixture
def registered(table: Path, tmp_path: Path) -> tuple[Path, Path]:
    forecast, log = tmp_path / "forecast.json", tmp_path / "log.jsonl"
    made = run("forecast", "capability", table, "--target-flops", "1e24", "--method", "report", "--json")
    forecast.write_text(made.stdout)
    assert run("forecast", "register", forecast, "--log", log).exit_code == 0
    return forecast, log


def test_a_prediction_goes_from_register_to_resolve(registered: tuple[Path, Path]) -> None:
    forecast, log = registered
    sha = json.loads(forecast.read_text())["record_sha256"]
    assert sha[:12] in run("forecast", "list", "--log", log).stdout
    assert run("forecast", "verify", "--log", log).exit_code == 0
    resolved = run("forecast", "resolve", sha[:10], "--outcome", "neg_mean_log_pass=0.3", "--log", log)
    assert resolved.exit_code == 0, resolved.output
    assert "CRPS" in resolved.stdout
    assert [
        entry["kind"] for entry in json.loads(run("forecast", "list", "--log", log, "--json").stdout)
    ] == ["forecast", "outcome"]


def test_an_edited_register_fails_verification_with_status_1(registered: tuple[Path, Path]) -> None:
    _, log = registered
    log.write_text(log.read_text().replace('"method":"report"', '"method":"magic!"'))
    result = run("forecast", "verify", "--log", log)
    assert result.exit_code == 1
    assert "entry 1: its text was changed after it was sealed" in result.stdout


def test_an_edited_forecast_is_not_registered(registered: tuple[Path, Path], tmp_path: Path) -> None:
    forecast, log = registered
    changed = tmp_path / "changed.json"
    changed.write_text(forecast.read_text().replace('"method": "report"', '"method": "magic"'))
    result = run("forecast", "register", changed, "--log", log)
    assert result.exit_code == 2
    assert "changed since it was made" in result.stderr


def test_a_forecast_of_a_known_outcome_is_not_registered(table: Path, tmp_path: Path) -> None:
    forecast = tmp_path / "forecast.json"
    forecast.write_text(
        run("forecast", "capability", table, "--target-model", "m4", "--method", "report", "--json").stdout
    )
    result = run("forecast", "register", forecast, "--log", tmp_path / "log.jsonl")
    assert result.exit_code == 2
    assert "before its outcome is known" in result.stderr


def test_backtest_prints_every_target_and_a_summary(table: Path, losses: Path) -> None:
    found = json.loads(run("backtest", table, "--method", "report,log-linear", "--json").stdout)
    assert {row["target"] for row in found["targets"]} == {"m3", "m4"}
    assert set(found["summary"]["shared"]) == {"report", "log-linear"}
    shown = run("backtest", table, "--method", "report,auto", "--targets", "m4")
    assert "mean |error|" in shown.stdout
    by_loss = run("backtest", losses, "--column", "code", "--method", "report")
    assert by_loss.exit_code == 0, by_loss.output


def test_an_unknown_method_is_refused_by_backtest(table: Path) -> None:
    result = run("backtest", table, "--method", "magic")
    assert result.exit_code == 2
    assert "unknown method 'magic'" in result.stderr


def test_a_named_target_is_resolved_from_a_table(ladder: Simulated, tmp_path: Path) -> None:
    smaller, whole = tmp_path / "smaller.csv", tmp_path / "whole.csv"
    write(ladder.counts.select([0, 1, 2, 3]), smaller)
    write(ladder.counts, whole)
    flops = repr(float(ladder.counts.flops[4]))
    forecast, log = tmp_path / "forecast.json", tmp_path / "log.jsonl"
    target = ("--target-flops", flops, "--target-name", "m4", "--method", "report")
    forecast.write_text(run("forecast", "capability", smaller, *target, "--json").stdout)
    assert json.loads(forecast.read_text())["target"]["name"] == "m4"
    refused = run("forecast", "register", forecast, "--table", whole, "--log", log)
    assert (refused.exit_code, "whole.csv holds the outcome of m4" in refused.stderr) == (2, True)
    registered = run("forecast", "register", forecast, "--table", smaller, "--log", log)
    assert registered.exit_code == 0, registered.output
    sha = json.loads(forecast.read_text())["record_sha256"]
    resolved = run("forecast", "resolve", sha[:8], "--table", whole, "--log", log)
    assert resolved.exit_code == 0, resolved.output
    assert "CRPS" in resolved.stdout


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--target-flops", "1e24", "--target-name", "m4"], "the table holds m4 already; forecast it with"),
        (["--target-model", "m4", "--target-name", "x"], "--target-model names the target already"),
        (["--target-flops", "1e24", "--target-name", " "], "--target-name is empty"),
    ],
)
def test_a_targets_name_that_cannot_be_is_refused(table: Path, options: list[str], complaint: str) -> None:
    result = run("forecast", "capability", table, *options)
    assert result.exit_code == 2
    assert complaint in result.stderr


def test_help_has_a_sentence_for_every_method() -> None:
    shown = " ".join(run("forecast", "capability", "--help").stdout.split())
    for method in METHODS.values():
        assert f"{method.name}: {method.says}." in shown
