"""The cluster engine on a real Ray: nodes come, refuse, and are killed; verdicts stay the local engine's."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from evaluator import evaluate
from evaluator.executors import Executor, ExecutorConfig, open_executor
from evaluator.problems import ProblemSet
from sandbox import Check, CheckError, IsolationError, JudgeMode, Limits, Outcome, Program, SandboxOptions

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
ROOT = Path(__file__).parents[3]
ADD = Check("add", "def check(candidate):\n    assert candidate(1, 2) == 3\n")


def asked(**more: Any) -> SandboxOptions:
    given = {
        "judge": JudgeMode.ISOLATED,
        "backend": "auto",
        "isolation": None,
        "execution": "auto",
        "audit": 0.05,
    }
    # HumanEval/75 takes most of a CPU second on a busy machine.
    return SandboxOptions(limits=Limits(cpu_s=3.0), seed=7, **given | more)


def essence(outcomes: Sequence[Outcome]) -> list[tuple[object, ...]]:
    # Not where a verdict was made: that depends on what programs before it came to, and these differ from node to node.
    return [(each.verdict, each.calls) for each in outcomes]


FIRST_BATCHES = 330  # programs, by when each node has a batch: they are of a hundred each, in turn


def mixed(humaneval: ProblemSet, times: int) -> list[Program]:
    """Right, wrong, broken, impure and endless programs, no two alike; one endless in each of the first batches."""
    endings = ("", "    return None\n", "    return (\n", "    import os\n    os._exit(0)\n")
    programs = []
    for turn in range(times):
        for place, problem in enumerate(humaneval):
            ending = endings[(place + turn) % 4]
            body = ending or problem.canonical_solution
            programs.append(Program(f"{problem.prompt}{body}_ = {turn}\n", problem.check))
    for place in (50, 150, 250):
        programs.insert(place, Program(f"def add(a, b):\n    while {place}: pass\n", ADD))
    return programs


def struck(programs: Sequence[Program], blow: Callable[[], None]) -> Iterator[Program]:
    """The programs, with a blow to the cluster while they are read and every node is at its first batch."""
    for place, program in enumerate(programs):
        if place == FIRST_BATCHES:
            blow()
        yield program


@pytest.fixture
def on_ray(nodes: Any) -> Callable[..., Executor]:
    def opened(tell: Callable[[str], None] = lambda _: None, **more: Any) -> Executor:
        return open_executor(ExecutorConfig("ray", ray_address=nodes.address, tell=tell), asked(**more))

    return opened


@pytest.fixture(scope="module")
def expected(humaneval: ProblemSet) -> list[tuple[object, ...]]:
    with open_executor(ExecutorConfig(workers=2), asked()) as box:
        return essence(list(box.run(mixed(humaneval, 3))))


def test_verdicts_and_calls_are_the_local_engines(
    on_ray: Callable[..., Executor], humaneval: ProblemSet, expected: list[tuple[object, ...]]
) -> None:
    with on_ray() as cluster:
        found = essence(list(cluster.run(mixed(humaneval, 3))))
        described = cluster.description.as_dict()
    assert found == expected
    worked = [node for node in described["nodes"] if node["samples"]]  # type: ignore[attr-defined]
    assert len(worked) == 2
    assert sum(node["samples"] for node in worked) == len(expected)
    assert (described["engine"], described["isolation"], described["workers"]) == ("ray", "namespaces", 2)


def test_what_a_killed_node_was_at_runs_again_and_every_program_has_one_verdict(
    nodes: Any, on_ray: Callable[..., Executor], humaneval: ProblemSet, expected: list[tuple[object, ...]]
) -> None:
    nodes.start("three", 1)
    said: list[str] = []
    with on_ray(said.append) as cluster:
        found = list(cluster.run(struck(mixed(humaneval, 3), lambda: nodes.kill("three"))))
        described = cluster.description.as_dict()["nodes"]
    assert essence(found) == expected
    assert any("is lost" in each and "run again on other nodes" in each for each in said), (said, described)
    assert "the node died" in str(said) or "cannot be reached" in str(said), said
    states = sorted(node["state"] for node in described)  # type: ignore[attr-defined]
    # A node that is lost is asked again for a while; Ray may still list nodes that an earlier test has ended.
    assert states[-2:] == ["ready", "ready"]
    assert states[:-2]
    assert set(states[:-2]) <= {"lost", "opening"}


def test_a_lost_actor_is_replaced_and_its_programs_run_again(
    nodes: Any, on_ray: Callable[..., Executor], humaneval: ProblemSet, expected: list[tuple[object, ...]]
) -> None:
    said: list[str] = []

    def blow() -> None:
        for pid in actors(nodes):
            os.kill(pid, signal.SIGKILL)

    with on_ray(said.append) as cluster:
        found = list(cluster.run(struck(mixed(humaneval, 3), blow)))
    assert essence(found) == expected
    assert sum("is lost" in each for each in said) >= 2, said


def a_copy(folder: Path) -> Path:
    """The packages in a folder of their own, to be made another version."""
    for package in ("evaluator", "sandbox", "predictor"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


# Time for every node to answer before the run begins: a busy machine starts actors slowly.
PATIENT = "import evaluator.executors.ray.nodes as nodes; nodes._GRACE_S = nodes._PATIENCE_S = 150.0"


@pytest.mark.timeout(400)  # seven nodes
def test_nodes_that_differ_take_no_work_and_are_named(nodes: Any, tmp_path: Path) -> None:
    other, old, older = (a_copy(tmp_path / name) for name in ("other", "old", "older"))
    with (other / "sandbox" / "errors.py").open("a") as file:
        file.write("# another build\n")
    # Older versions: one that reads other messages, and one without the modules that are asked for.
    there = Path("evaluator/executors/ray/node_actor.py")
    text = (old / there).read_text()
    (old / there).write_text(text.replace("unpack_options(conditions)", "from_bytes(conditions)['asked']"))
    (older / there).write_text("import evaluator.engine  # which is its former name\n")
    for folder in (other, old, older):
        nodes.start(folder.name, 1, PYTHONPATH=str(folder))
    bare = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'
    nodes.start("bare", 1, within=["unshare", "--user", "--map-root-user", "sh", "-c", bare, "sh"])
    try:
        path = a_file(tmp_path, ["    return number % 1.0\n"] * 60)
        done = on_command_line(nodes, path, "--backend", "namespace", "--json", first=PATIENT)
    finally:
        for name in ("other", "old", "older", "bare"):
            nodes.kill(name)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["verdicts"] == {"passed": 60}
    record = json.loads((tmp_path / "samples.jsonl_run.json").read_text())
    refused = [node for node in record["sandbox"]["nodes"] if node["state"] == "refused"]
    assert len(refused) == 4, record["sandbox"]["nodes"]
    reasons = sorted(node["why"] for node in refused)
    assert [reason.startswith("it has another passlaw than this machine") for reason in reasons[1:]] == [
        True
    ] * 3
    assert sum(reason.endswith("which cannot read its messages; install the same") for reason in reasons) == 2
    assert reasons[0].startswith("isolation: namespaces")
    assert all(f"takes no work: {reason.removeprefix('isolation: ')}" in done.stderr for reason in reasons)
    assert not any(node["samples"] for node in refused)


def test_isolation_that_no_node_gives_is_refused_with_the_probe(on_ray: Callable[..., Executor]) -> None:
    with pytest.raises(IsolationError, match="no node of the cluster can give it"):
        on_ray(isolation="moon")


def test_a_check_that_does_not_run_ends_the_run(on_ray: Callable[..., Executor]) -> None:
    broken = Check("add", "def check(candidate:\n")
    with on_ray() as cluster, pytest.raises(CheckError, match="does not run"):
        list(cluster.run([Program("def add(a, b): return a + b", broken)]))


def test_a_second_run_of_an_engine_is_judged_by_its_own_checks(on_ray: Callable[..., Executor]) -> None:
    multiply = Check("add", "def check(candidate):\n    assert candidate(3, 2) == 6\n")
    program, other = "def add(a, b): return a + b", "def add(a, b): return a * b"
    with on_ray() as cluster:
        for check, verdicts in ((ADD, "passed wrong_answer"), (multiply, "wrong_answer passed")):
            found = cluster.run([Program(program, check), Program(other, check)])
            assert " ".join(each.verdict for each in found) == verdicts


def test_programs_are_read_no_further_ahead_than_memory_allows(on_ray: Callable[..., Executor]) -> None:
    read = 0

    def endless() -> Iterator[Program]:
        nonlocal read
        yield Program("def add(a, b):\n    while True: pass\n", ADD)
        while True:
            read += 1
            yield Program(f"def add(a, b): return a + b  # {read}", ADD)

    with on_ray() as cluster:
        outcomes = cluster.run(endless())
        next(outcomes)
        ahead = read
        outcomes.close()  # type: ignore[attr-defined]
        assert ahead < 100_000
        assert len(list(cluster.run([Program("def add(a, b): return 3", ADD)] * 3))) == 3


def test_a_stored_run_is_worked_off_there_too(
    nodes: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "XDG_CACHE_HOME", str(tmp_path / "no cache")
    )  # the problems are checked there, and not counted
    rows = [{"task_id": "HumanEval/2", "completion": f"    return number % 1.0  # {n}\n"} for n in range(40)]
    given: dict[str, Any] = {"engine": "ray", "ray_address": nodes.address, "ignore_incomplete": True}
    result = evaluate(rows, store=tmp_path / "store.db", **given)
    assert result.verdicts == {"passed": 40}
    assert sum(node["samples"] for node in result.sandbox["nodes"]) == 40


def test_without_the_clusters_token_nobody_is_let_in(nodes: Any, tmp_path: Path) -> None:
    path = a_file(tmp_path, ["    return number % 1.0\n"])
    wrong = tmp_path / "token"
    wrong.write_text("0" * 64)
    tries = {"RAY_NUM_REDIS_GET_RETRIES": "2"}  # Ray asks again each second, twenty times
    done = on_command_line(nodes, path, RAY_AUTH_TOKEN_PATH=str(wrong), **tries)
    assert done.returncode == 2
    assert "wants a token; set RAY_AUTH_MODE=token" in done.stderr.splitlines()[-1]


def test_an_interrupt_leaves_no_actor_behind(nodes: Any, tmp_path: Path) -> None:
    path = a_file(tmp_path, [f"    while {n + 1}: pass\n" for n in range(100)])
    with subprocess.Popen(command(nodes, path), stderr=subprocess.PIPE, cwd=tmp_path) as process:
        until(lambda: len(actors(nodes)) == 2)
        time.sleep(1.0)
        process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=60)
        finally:
            process.kill()
        assert process.returncode == 130
    until(lambda: not actors(nodes))
    assert not list(tmp_path.glob("*_results.jsonl"))


def a_file(folder: Path, completions: Sequence[str]) -> Path:
    path = folder / "samples.jsonl"
    rows = [{"task_id": "HumanEval/2", "completion": each} for each in completions]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def command(nodes: Any, path: Path, *more: str, first: str = "pass") -> list[str]:
    # A shell has what it runs behind ignore SIGINT, and what that starts ignores it too.
    start = f"{first}; import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    start += "; from evaluator.cli import main; main()"
    passlaw = [sys.executable, "-c", start, "evaluate", str(path)]
    there = ["--engine", "ray", "--ray-address", nodes.address]
    return [*passlaw, "--ignore-incomplete", "--k", "1", *there, *more]


def on_command_line(
    nodes: Any, path: Path, *more: str, first: str = "pass", **variables: str
) -> subprocess.CompletedProcess[str]:
    given = os.environ | variables
    return subprocess.run(
        command(nodes, path, *more, first=first),
        capture_output=True,
        text=True,
        cwd=path.parent,
        env=given,
        check=False,
    )


def actors(nodes: Any) -> list[int]:
    """The processes of our actors on all nodes."""
    found = []
    for process in nodes.processes.values():
        for pid in nodes.family(process.pid):
            try:
                name = Path(f"/proc/{pid}/cmdline").read_bytes()
            except OSError:
                continue
            found += [pid] if name.startswith(b"ray::Node") else []
    return found


def until(holds: Callable[[], bool], seconds: float = 150.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)
