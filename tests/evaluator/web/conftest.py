import contextlib
import json
import math
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from evaluator.problems import load_problems, read_problem_rows
from tests.services import Live, finished, serving

expect.set_options(timeout=60_000)  # a busy machine is no failure

_WRONG = "    return None\n"
LONG_NAMES = tuple(
    "organisation/" + "a-model-with-everything-in-its-name-" * 3 + "x" * 34 + end for end in "ab"
)
HOSTILE = (
    "    # <script>document.title='owned'</script> \u202e reversed \u200b \x1b[31mred\x1b[0m\n"
    "    raise ValueError('<img src=x onerror=\"document.title=1\">\x1b[2J\u2066')\n"
)


class Filled(NamedTuple):
    """A service with finished runs: of three models by ascending compute, and one by nobody that is hostile.

    Two models with long names that differ in their last letter have runs of a problem set of their own, `tiny`.
    `kinds` has a forecast of an accuracy, of a training run and of samples; the first is registered and resolved.
    """

    live: Live
    runs: dict[str, str]
    forecast: str
    resolved: str
    tiny: str
    kinds: dict[str, str]


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """The runs are real: canonical solutions, of which each model got some wrong."""
    problems = list(load_problems("humaneval").problems.items())[:4]
    store = tmp_path_factory.mktemp("web") / "passlaw.db"
    with serving(store, workers=2, code_workers=0) as live, live.client() as http:
        tiny, runs = _tiny_set(http, problems)
        for size, name in enumerate(("small", "middle", "large")):
            http.post(
                "/v1/models", json={"name": name, "params": f"{10**size}B", "tokens": "1T"}
            ).raise_for_status()
            rows = [
                {"task_id": task, "completion": problem.canonical_solution if (place + sample) % 4 <= size else _WRONG}
                for place, (task, problem) in enumerate(problems)
                for sample in range(2)
            ]  # fmt: skip
            body = {
                "samples": rows,
                "model": name,
                "name": f"{name}.jsonl",
                "k": "1,2",
                "ignore_incomplete": True,
            }
            runs[name] = http.post("/v1/runs", json=body).raise_for_status().json()["id"]
        rows = [{"task_id": "HumanEval/0", "completion": text} for text in (HOSTILE, "    return '\ud800'")]
        # A lone surrogate is legal in a line of JSON, though not in UTF-8.
        lines, options = "\n".join(map(json.dumps, rows)), {"name": "<b>hostile", "ignore_incomplete": "true"}
        kind = {"content-type": "application/x-ndjson"}
        made = http.post("/v1/runs", content=lines, params=options, headers=kind).raise_for_status()
        runs["hostile"] = made.json()["id"]
        assert {finished(http, run_id)["state"] for run_id in runs.values()} == {"done"}
        yield Filled(live, runs, _forecast(http), _resolved(http), tiny, _kinds(http))


def _tiny_set(http: httpx.Client, problems: list[tuple[str, Any]]) -> tuple[str, dict[str, str]]:
    """Two problems as a set of their own with a run of each long-named model; and a run of many repeats."""
    given = read_problem_rows("humaneval").rows[:2]
    rows = [{**row, "task_id": f"tiny/{number}"} for number, row in enumerate(given)]
    tiny = http.post("/v1/problems", json={"name": "tiny", "rows": rows}).raise_for_status().json()["id"]
    samples = [{"task_id": row["task_id"], "completion": row["canonical_solution"]} for row in rows]
    runs = {}
    for name in LONG_NAMES:
        body = {"samples": samples, "model": name, "problems": tiny, "name": f"{name}.jsonl", "k": "1"}
        runs[name] = http.post("/v1/runs", json=body).raise_for_status().json()["id"]
    texts = ["    return 1\n"] * 4 + ["    return 2\n"]
    repeats = [{"task_id": problems[1][0], "completion": text} for text in texts] + [
        {"task_id": problems[2][0], "completion": f"    return {number}\n"} for number in range(13)
    ]
    body = {"samples": repeats, "name": "repeats.jsonl", "k": "1", "ignore_incomplete": True}
    runs["repeats"] = http.post("/v1/runs", json=body).raise_for_status().json()["id"]
    return tiny, runs


def ladder_table() -> list[dict[str, Any]]:
    """Pass counts of six models, of 1e18 to 1e23 FLOPs, on 30 problems from easy to hard."""
    return [
        {"model": f"m{size}", "task_id": f"t{task}", "n": 20, "c": min(20, max(0, 2 * size - task + 8)), "flops": 10.0 ** (18 + size)}
        for size in range(6)
        for task in range(30)
    ]  # fmt: skip


def _forecast(http: httpx.Client) -> str:
    question = {"table": ladder_table(), "target": {"model": "next", "flops": "1e25"}, "method": "report"}
    sha256: str = http.post("/v1/forecasts", json=question).raise_for_status().json()["sha256"]
    return sha256


def _resolved(http: httpx.Client) -> str:
    """A forecast of a loss that was registered and whose outcome is known."""
    losses = [
        {"model": f"m{n}", "flops": 10.0 ** (18 + n), "loss": 1 + 2 * 10 ** (-0.1 * n)} for n in range(7)
    ]
    target = {"model": "resolved", "flops": "1e26"}
    question = {"kind": "loss", "table": losses, "column": "loss", "target": target, "method": "report"}
    sha256: str = http.post("/v1/forecasts", json=question).raise_for_status().json()["sha256"]
    http.post(f"/v1/forecasts/{sha256}/register").raise_for_status()
    http.post(f"/v1/forecasts/{sha256}/resolve", json={"outcome": {"loss": 1.32}}).raise_for_status()
    return sha256


def accuracy_table() -> list[dict[str, Any]]:
    """Accuracies of eight models."""
    return [
        {"model": f"m{n}", "flops": 1e18 * 4**n, "acc": round(0.25 + 0.7 / (1 + math.exp(1.5 - 0.4 * n)), 4)}
        for n in range(8)
    ]


def _kinds(http: httpx.Client) -> dict[str, str]:
    questions: dict[str, dict[str, Any]] = {
        "accuracy": {"table": accuracy_table(), "column": "acc", "chance": 0.25,
                     "target": {"model": "bigger", "flops": 1e24}},
        "run": {"table": [{"step": n, "reward": 0.9 - 0.6 / (1 + (n / 12) ** 1.5)} for n in range(31)],
                "column": "reward", "target": {"step": 60}},
        "samples": {"table": [{"task_id": f"t{n}", "n": 16, "c": n % 9} for n in range(40)],
                    "k": [16, 100, 1000], "coverage": 0.9},
    }  # fmt: skip
    found = {}
    for kind, question in questions.items():
        made = http.post("/v1/forecasts", json={"kind": kind, **question}).raise_for_status()
        found[kind] = str(made.json()["sha256"])
    http.post(f"/v1/forecasts/{found['accuracy']}/register").raise_for_status()
    http.post(
        f"/v1/forecasts/{found['accuracy']}/resolve", json={"outcome": {"accuracy": 0.91}}
    ).raise_for_status()
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A module's own: while Playwright's event loop runs, tests of other modules could not start theirs."""
    path = os.environ.get("PASSLAW_CHROMIUM") or shutil.which("chromium")
    assert path, "these tests need Chromium: apt-get install chromium, or name it with PASSLAW_CHROMIUM"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Pages whose scripts fail, whose policy is broken, or that reach outside fail the test."""
    wrong: list[str] = []
    with contextlib.ExitStack() as opened:

        def make(**options: Any) -> Page:
            context = browser.new_context(**options)
            opened.callback(context.close)
            page = context.new_page()
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.on("console", lambda said: wrong.append(said.text) if _bad(said) else None)
            page.on(
                "response",
                lambda answer: (
                    wrong.append(answer.url) if "/static/" in answer.url and answer.status >= 400 else None
                ),
            )
            page.on("dialog", lambda dialog: wrong.append(f"dialog {dialog.message}"))
            page.on(
                "request",
                lambda request: None if _inside(request.url) else wrong.append(f"asked {request.url}"),
            )
            return page

        yield make
    assert not wrong


def _bad(said: ConsoleMessage) -> bool:
    """Whether a page complained; that an answer had a status of an error is for the test to judge."""
    return said.type in {"error", "warning"} and not said.text.startswith("Failed to load resource")


def _inside(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"data", "blob"} or parts.hostname == "127.0.0.1"


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page(viewport={"width": 1280, "height": 860})


@pytest.fixture
def samples_file(tmp_path: Path) -> Path:
    return tmp_path / "samples.jsonl"
