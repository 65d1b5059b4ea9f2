import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from evaluator.cli import main

TABLE = """model,task_id,n,c
small,HumanEval/0,10,1
small,HumanEval/1,10,5
large,HumanEval/0,10,9
large,HumanEval/1,10,5
large,HumanEval/2,10,5
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "counts.csv"
    path.write_text(TABLE)
    return path


def run(*arguments: object, status: int = 0) -> str:
    done = CliRunner().invoke(main, ["compare", *map(str, arguments)])
    assert done.exit_code == status, done.output
    return done.output


def test_two_models_of_a_table_are_compared(table: Path) -> None:
    told = json.loads(run(f"{table}::small", f"{table}::large", "--json"))
    assert told["models"] == {"a": "small", "b": "large"}
    assert (told["problems"], told["better"], told["worse"]) == (2, 1, 0)
    assert told["difference"] == pytest.approx(0.4)
    assert told["interval"][0] < 0.4 < told["interval"][1]
    said = run(f"{table}::small", f"{table}::large")
    assert "+40.00 points" in said
    assert "No clear difference: the interval includes zero." in said


def test_results_files_are_compared_by_their_rows(write_rows: Callable[..., Path], table: Path) -> None:
    rows = [{"task_id": "HumanEval/0", "passed": n > 2} for n in range(10)]
    results = write_rows(rows, "mine.jsonl_results.jsonl")
    told = json.loads(run(f"{table}::small", results, "--json"))
    assert (told["models"]["b"], told["b"]) == ("mine", 0.7)


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        ("{table}", "{table}::large", "2 models in it (small, large); say which with"),
        ("{table}::tiny", "{table}::large", "no model 'tiny' in it; it has small, large"),
        ("{table}::small", "nothing", "nothing: neither a file nor the id of a run in"),
        ("{other}", "{table}::small", "no problem in common"),
        ("{twice}", "{table}::small", "row 2: x has t twice; keep one of the rows"),
        ("{more}", "{table}::small", "row 1: c = 3 is more than n = 2; correct the row"),
    ],
)
def test_what_cannot_be_compared_is_said_in_a_sentence(a: str, b: str, message: str, table: Path) -> None:
    others = {
        "other": "task_id,n,c\nfar,1,1\n",
        "twice": "model,task_id,n,c\nx,t,1,1\nx,t,1,0\n",
        "more": "task_id,n,c\nt,2,3\n",
    }
    names = {"table": table}
    for name, text in others.items():
        names[name] = table.with_name(f"{name}.csv")
        names[name].write_text(text)
    assert message in run(a.format(**names), b.format(**names), status=2)


def test_fewer_samples_than_k_are_refused(table: Path) -> None:
    assert "ask for a smaller k" in run(f"{table}::small", f"{table}::large", "--k", 11, status=2)


@pytest.fixture
def turning(tmp_path: Path) -> Path:
    """A base model that solves every problem sometimes, and a tuned one that solves half of them always."""
    rows = ["model,task_id,n,c"]
    for number in range(60):
        rows.append(f"base,t{number},16,{4 + number % 3}")
        rows.append(f"tuned,t{number},16,{16 if number % 2 else 0}")
    path = tmp_path / "turning.csv"
    path.write_text("\n".join(rows) + "\n")
    return path


def test_all_k_says_where_the_order_turns(turning: Path, tmp_path: Path) -> None:
    pair = f"{turning}::base", f"{turning}::tuned"
    told = json.loads(run(*pair, "--all-k", "--json"))
    assert told["models"] == {"a": "base", "b": "tuned"}
    assert told["order"] == "turns"
    assert [each["model"] for each in told["ahead"]] == ["b", "a"]
    [crossing] = told["crossings"]
    assert crossing["interval_95"][0] < crossing["k"] <= crossing["interval_95"][1]
    assert len(told["k"]) == len(told["band"]["95"][0]) == 16
    figure = tmp_path / "figure.svg"
    said = run(*pair, "--all-k", "--up-to", "100", "--plot", figure)
    for words in ("60 problems in common", "pass@16", "B is ahead at k = 1", "The order turns at k = 2",
                  "Beyond the samples", "pass@100"):  # fmt: skip
        assert words in said
    assert "95% band, mixture" in figure.read_text()


def test_an_order_beyond_the_samples_is_registered_before_and_resolved_after(
    turning: Path, tmp_path: Path
) -> None:
    def forecast(*arguments: object, status: int = 0) -> str:
        done = CliRunner().invoke(main, ["forecast", *map(str, arguments)])
        assert done.exit_code == status, done.output
        return done.output

    made, log, more = tmp_path / "made.json", tmp_path / "log.jsonl", tmp_path / "more.csv"
    pair = f"{turning}::base", f"{turning}::tuned"
    made.write_text(run(*pair, "--all-k", "--json"))
    assert "predicts nothing; make it with --up-to" in forecast("register", made, "--log", log, status=2)
    made.write_text(run(*pair, "--all-k", "--up-to", "100", "--json"))
    lines = turning.read_text().splitlines()
    counts = [line.split(",") for line in lines[1:]]
    rows = [f"{model},{task},160,{10 * int(c)}" for model, task, _n, c in counts]
    more.write_text("\n".join([lines[0], *rows]) + "\n")
    known = forecast("register", made, "--table", more, "--log", log, status=2)
    assert "holds 100 samples of every problem of both models" in known
    forecast("register", made, "--table", turning, "--log", log)
    assert "comparison of base and tuned, k = 100" in forecast("list", "--log", log)
    assert "fewer than k = 100" in forecast("resolve", made, "--table", turning, "--log", log, status=2)
    done = json.loads(forecast("resolve", made, "--table", more, "--log", log, "--json"))
    outcome, scores = done["body"]["outcome"], done["body"]["scores"]
    assert outcome["pass@100:a"] == pytest.approx(1)
    assert outcome["pass@100:b"] == pytest.approx(0.5)
    assert outcome["pass@100:b-a"] == pytest.approx(-0.5)
    assert (outcome["b_ahead"], outcome["first_turn"]) == (0, 2)  # at k = 2 base has 0.53, tuned 0.5
    assert scores["b_ahead"]["crps"] < 0.01
    assert scores["pass@100:b-a"]["inside"]["95"]
    assert forecast("verify", "--log", log) == "2 entries, 0 broken\n"


def test_power_says_what_the_comparison_can_show(turning: Path) -> None:
    pair = f"{turning}::base", f"{turning}::tuned"
    told = json.loads(run(*pair, "--power", "--json"))
    assert 0 < told["detectable"] < 1
    assert told["variance"]["sample_share"] < 0.2
    assert "Smallest difference found with 80% power" in run(*pair, "--power")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--up-to", "100"), "--up-to and --plot require --all-k"),
        (("--all-k", "--power"), "give one of them"),
        (("--all-k", "--plot", "figure.txt"), "figures are written as .svg, .png or .pdf"),
        (("--power", "--k", "9"), "pass@9 with 16 samples of a problem"),
        (("--all-k", "--up-to", "2000000"), "give k from 1 to 1,000,000"),
    ],
)
def test_what_all_k_and_power_cannot_do_is_said(
    turning: Path, options: tuple[str, ...], message: str
) -> None:
    assert message in run(f"{turning}::base", f"{turning}::tuned", *options, status=2)


def test_problems_are_listed_by_what_they_tell(tmp_path: Path) -> None:
    """Six models of rising skill; on t0 the better ones do worse, t1 is solved by nobody."""
    rows = ["model,task_id,n,c"]
    for model in range(6):
        for task in range(24):
            passes = {0: 19 - 3 * model, 1: 0}.get(task, min(20, task % 6 + 3 * model))
            rows.append(f"m{model},t{task},20,{passes}")
    path = tmp_path / "counts.csv"
    path.write_text("\n".join(rows) + "\n")
    done = CliRunner().invoke(main, ["problems", str(path), "--json"])
    assert done.exit_code == 0, done.output
    told = {each["task_id"]: each for each in json.loads(done.stdout)["problems"]}
    assert told["t0"]["verdict"] == "better models do worse"
    assert told["t0"]["item_rest_correlation"] < -0.9
    assert told["t1"]["verdict"] == "nobody solves it"
    said = CliRunner().invoke(main, ["problems", str(path)]).stdout
    assert "24 problems, 6 models" in said
    assert said.index("t0 ") < said.index("t1 ")
    kin = CliRunner().invoke(main, ["problems", str(path), "--family", "m[01]"]).stdout
    assert "24 problems, 6 models of 5 families" in kin
    assert "design effect of families" in kin
    unknown = CliRunner().invoke(main, ["problems", str(path), "--family", "x*"])
    assert "--family 'x*' matches no model; the models are m0, m1" in unknown.stderr
    twice = CliRunner().invoke(main, ["problems", str(path), str(path)])
    assert twice.exit_code == 2
    assert "m0 is given twice" in twice.stderr
    path.write_text("\n".join(rows[:49]) + "\n")
    refused = CliRunner().invoke(main, ["problems", str(path)])
    assert refused.exit_code == 2
    assert "2 models: too few to show which problems tell models apart" in refused.stderr
