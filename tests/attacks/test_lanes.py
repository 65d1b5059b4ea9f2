"""The corpus in the shared process: every program is offered to the verifier, and none gains by it."""

import pytest
from attacks.problems import PROBLEMS
from attacks.runner import load_corpus

from sandbox import ExecutionMode, Limits, Program, Verdict, open_sandbox
from sandbox.host.sharing import Sharing

CORPUS = load_corpus()
ROOMY = Limits(cpu_s=2.0, memory_bytes=768 << 20, value_bytes=4 << 20, file_bytes=4 << 20, processes=16)
TIGHT = Limits(cpu_s=0.3, memory_bytes=512 << 20, value_bytes=4 << 20, file_bytes=4 << 20, processes=16)
# Raising an exception early is not reaching for anything; these classes all do.
UNVERIFIED = {
    "bombs",
    "files",
    "introspection",
    "kernel",
    "processes",
    "protocol",
    "shared_state",
}
# What in these is no more than a wrong answer: it catches what it was refused, or hides a name of its own.
HARMLESS = {"bombs/memory_error_caught", "shared_state/helper_redefined"}


@pytest.mark.parametrize(
    "limits", [pytest.param(ROOMY, id="roomy"), pytest.param(TIGHT, id="tight", marks=pytest.mark.slow)]
)
def test_whole_corpus_in_the_shared_process(limits: Limits, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sharing, "pays", lambda _self, _check: True)
    attacks = [attack for attack in CORPUS if attack.tight == (limits is TIGHT)]
    canonical = [Program(problem.canonical, problem.check) for problem in PROBLEMS.values()]
    honest = [canonical[n % len(canonical)] for n in range(len(attacks))]
    programs = [one for attack, after in zip(attacks, honest, strict=True) for one in (attack.program, after)]
    workers = 1 if limits is TIGHT else 2
    with open_sandbox(
        workers=workers,
        limits=limits,
        isolation="namespaces",
        execution="auto",
        audit=0.2,
        seed=0x5EED0FAA11A9D1,
    ) as box:
        outcomes = list(box.run(programs))
        assert not box.audit.disagreements
        assert box.audit.verified > len(attacks)
        assert box.audit.confirmed > len(attacks) // 2
    surprises = [
        f"{attack.name}: {outcome.verdict}, {outcome.execution}: {outcome.detail}"
        for attack, outcome in zip(attacks, outcomes[::2], strict=True)
        if outcome.verdict not in attack.verdicts
    ]
    assert not surprises
    assert [outcome.verdict for outcome in outcomes[1::2]] == [Verdict.PASSED] * len(honest)
    assert {outcome.execution for outcome in outcomes if outcome.verdict.passed} == {ExecutionMode.DEDICATED}
    let_in = [
        attack.name
        for attack, outcome in zip(attacks, outcomes[::2], strict=True)
        if outcome.execution is ExecutionMode.SHARED and attack.attack_class in UNVERIFIED
    ]
    assert set(let_in) <= HARMLESS
