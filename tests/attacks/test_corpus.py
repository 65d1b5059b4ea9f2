"""Every program of the corpus gets a verdict it declares, and the programs after it find nothing of it."""

import contextlib
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from attacks import witness
from attacks.problems import PROBLEMS
from attacks.runner import HONEST_CLASSES, Attack, Census, load_corpus, resident_bytes
from tests_sandbox import opened_at

from sandbox import Check, JudgeMode, Limits, Program, Sandbox, Verdict, open_sandbox

BACKENDS = ("namespaces", "docker", "gvisor")
ROOMY = Limits(cpu_s=2.0, memory_bytes=768 << 20, value_bytes=4 << 20, file_bytes=4 << 20, processes=16)
# gVisor's clock of CPU time goes on while the machine does something else.
ROOMY_AT = {"namespaces": ROOMY, "docker": ROOMY, "gvisor": replace(ROOMY, cpu_s=6.0)}
TIGHT = Limits(cpu_s=0.3, memory_bytes=512 << 20, value_bytes=4 << 20, file_bytes=4 << 20, processes=16)
CORPUS = load_corpus()
CLASSES = HONEST_CLASSES | {
    "bombs", "early_exit", "files", "introspection", "kernel",
    "processes", "protocol", "return_values", "shared_state", "text",
}  # fmt: skip
# What only a program that stays inside its own process and working directory is free of.
REACHING_OUT = (
    "fork()",
    "os.kill",
    ".syscall(",
    "/tmp",
    "rmtree",
    "subprocess",
    "os.walk",
    "os.write(fd",
    "/proc/",
)
WRONG_FOR_ALL = "def {name}(*args):\n    return None\n"


@dataclass(frozen=True)
class Site:
    """An open sandbox of one worker, and what the first witness in it saw."""

    box: Sandbox
    seen: dict[str, str]


@pytest.fixture(scope="session", params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    opened_at(str(request.param)).close()  # skips a level that this machine does not give; in CI, fails
    return str(request.param)


@pytest.fixture(scope="session", autouse=True)
def own_temporary_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("scratch")))
        yield


def _site(stack: contextlib.ExitStack, limits: Limits, backend: str) -> Site:
    box = stack.enter_context(
        open_sandbox(workers=1, limits=limits, isolation=backend, execution="dedicated")
    )
    answers = box.run(witness.question(key) for key in witness.KEYS)
    seen = dict(zip(witness.KEYS, (outcome.message for outcome in answers), strict=True))
    return Site(box, seen)


@pytest.fixture(scope="session")
def sites(backend: str) -> Iterator[dict[bool, Site]]:
    """Both sandboxes, under `True` that with tight limits; one worker each: neighbours are certain."""
    with contextlib.ExitStack() as stack:
        yield {False: _site(stack, ROOMY_AT[backend], backend), True: _site(stack, TIGHT, backend)}


@pytest.mark.parametrize("attack", CORPUS, ids=lambda attack: attack.name)
def test_program_gets_a_declared_verdict_and_leaves_nothing(attack: Attack, sites: dict[bool, Site]) -> None:
    site = sites[attack.tight]
    (same,) = site.box.run(
        [_canonical(attack)]
    )  # a worker that an earlier run lost at its end is replaced here
    assert same.verdict is Verdict.PASSED, same.detail
    before = Census.take()
    judged, seen = site.box.run([attack.program, witness.checked(site.seen)])
    assert judged.verdict in attack.verdicts, f"{judged.verdict}: {judged.detail}"
    assert seen.verdict is Verdict.PASSED, seen.message
    # A judge that is kept busy by what was returned can only be replaced, which is done when the next program
    # comes, and so can a container that ended for want of memory, perhaps at the first of two attempts only;
    # nothing else may cost a worker.
    replaced = "kept the test" in judged.detail or "processes together" in judged.detail
    replaced |= attack.name.startswith("bombs/memory") and judged.attempts > 1
    if replaced:
        assert [outcome.verdict for outcome in site.box.run([_canonical(attack)])] == [Verdict.PASSED]
    after = _settled(before)
    assert after == before
    assert replaced or after.workers == before.workers, "a worker was lost"


def _canonical(attack: Attack) -> Program:
    return _canonical_of(attack.problem if attack.problem in PROBLEMS else "add")


def _canonical_of(key: str) -> Program:
    return Program(PROBLEMS[key].canonical, PROBLEMS[key].check)


def _settled(before: Census) -> Census:
    """Count again until nothing differs or two seconds are over: the dead are buried in a moment."""
    end = time.monotonic() + 2.0
    while (now := Census.take()) != before and time.monotonic() < end:
        time.sleep(0.02)
    return now


@pytest.mark.slow
def test_whole_corpus_at_once_harms_no_neighbour_and_leaves_nothing(backend: str) -> None:
    attacks = [attack for attack in CORPUS if not attack.tight]
    attacks = attacks[::3] if backend == "gvisor" else attacks  # a program takes long there
    canonical = [_canonical_of(key) for key in PROBLEMS]
    honest = [canonical[n % len(canonical)] for n in range(len(attacks))]
    outside = Census.take()
    with open_sandbox(workers=2, limits=ROOMY_AT[backend], isolation=backend, execution="dedicated") as box:
        list(box.run(honest[:20]))
        inside, resident = Census.take(), resident_bytes()
        outcomes = list(
            box.run(
                program
                for pair in zip(attacks, honest, strict=True)
                for program in (pair[0].program, pair[1])
            )
        )
        assert _settled(inside) == inside
        assert resident_bytes() < resident + (96 << 20)
    surprises = [
        f"{attack.name}: {outcome.verdict}"
        for attack, outcome in zip(attacks, outcomes[::2], strict=True)
        if outcome.verdict not in attack.verdicts
    ]
    assert not surprises
    assert [outcome.verdict for outcome in outcomes[1::2]] == [Verdict.PASSED] * len(honest)
    assert _settled(outside) == outside


@pytest.mark.parametrize("attack", [row for row in CORPUS if row.honest], ids=lambda attack: attack.name)
def test_honest_program_gets_the_verdict_that_one_process_gives(attack: Attack, in_process: Sandbox) -> None:
    source = (
        PROBLEMS[attack.problem].check.prompt + attack.source
        if attack.problem == "decode_shift"
        else attack.source
    )
    (outcome,) = in_process.run([Program(source, attack.check)])
    assert outcome.verdict in ({attack.in_process} if attack.in_process else attack.verdicts), outcome.detail


@pytest.fixture(scope="session")
def in_process(backend: str) -> Iterator[Sandbox]:
    with open_sandbox(workers=1, limits=ROOMY, judge=JudgeMode.IN_PROCESS, isolation=backend) as box:
        yield box


def test_canonical_solutions_pass_and_stubs_fail(sites: dict[bool, Site]) -> None:
    outcomes = list(sites[False].box.run(_canonical_of(key) for key in PROBLEMS))
    assert {outcome.verdict for outcome in outcomes} == {Verdict.PASSED}
    stubs = [Program(WRONG_FOR_ALL.format(name=key), problem.check) for key, problem in PROBLEMS.items()]
    assert not [
        key
        for key, outcome in zip(PROBLEMS, sites[False].box.run(stubs), strict=True)
        if outcome.verdict.passed
    ]


def test_what_a_prompt_helper_keeps_does_not_pass_from_program_to_program(sites: dict[bool, Site]) -> None:
    check = Check(
        entry_point="f",
        prompt="seen = []\n\n\ndef note(value):\n    seen.append(value)\n    return len(seen)\n",
        test="def check(candidate):\n    assert note(candidate(1)) == 1\n",
    )
    outcomes = sites[False].box.run([Program("def f(x):\n    return x\n", check)] * 2)
    assert [outcome.verdict for outcome in outcomes] == [Verdict.PASSED] * 2


def test_corpus_covers_every_class() -> None:
    sizes = Counter(attack.attack_class for attack in CORPUS)
    assert sizes.keys() == CLASSES
    assert min(sizes.values()) >= 15
    assert len(CORPUS) >= 120


def test_wrong_program_may_not_pass_nor_go_unscored() -> None:
    assert not [attack.name for attack in CORPUS if Verdict.PASSED in attack.verdicts and not attack.honest]
    assert not [attack.name for attack in CORPUS if Verdict.SANDBOX_ERROR in attack.verdicts]


def test_program_that_reaches_out_of_its_process_is_marked_unsafe() -> None:
    wrong = [attack for attack in CORPUS if not attack.honest and not attack.unsafe]
    assert not [attack.name for attack in wrong if any(word in attack.source for word in REACHING_OUT)]


def test_names_are_unique_and_files_end_up_in_the_corpus() -> None:
    files = list((Path(__file__).parent / "corpus").glob("**/*.py"))
    names = [attack.name for attack in CORPUS]
    assert len(set(names)) == len(names) > len(files)
    assert os.path.commonpath(files).endswith("corpus")
