"""With the verifier switched off and the canaries patched out: no wrong program passes by way of the shared process.

The programs here own the process that they share: they are handed its machinery. None of that can make a program pass,
because a pass counts only from a process of the program's own; and what it can do, make right programs fail, is found
and undone.
"""

from collections.abc import Callable, Iterator

import pytest
from tests_sandbox import opened_at

from sandbox import Check, DisagreementError, ExecutionMode, Limits, Outcome, Program, Sandbox
from sandbox.backends.worker_settings import WorkerSettings
from sandbox.host.sharing import Sharing

LIMITS = Limits(cpu_s=2.0, memory_bytes=1 << 30)
# Appended to the modules of the untrusted side: nothing is verified, nothing is noticed, and every program is handed
# what the process that it shares consists of.
BREACHES = {
    "sandbox.guest.verifier": "\ndef verified(source, name, *_rest):\n    return compile(source, name, 'exec')\n",
    "sandbox.guest.shared_process": (
        "\nimport gc, marshal, sys\n"
        "_KEPT = {}\n"
        "SharedState.is_unchanged = lambda self: True\n"
        "SharedState.namespace = lambda self: {'gc': gc, 'sys': sys, 'state': self, 'Responder': Responder,\n"
        "                                'Group': _Group, 'marshal': marshal, 'frame': frame,\n"
        "                                'encode': encode, 'kept': _KEPT}\n"
    ),
}
CHECKS = [
    Check(
        "f", f"def check(candidate):\n    for n in range(6):\n        assert candidate(n) == {k} * n + {k}\n"
    )
    for k in range(2, 8)
]


def right(k: int, number: int) -> Program:
    return Program(f"def f(n):\n    return {k} * n + {k}  # {number}\n", CHECKS[k - 2])


def wrong(k: int, number: int) -> Program:
    return Program(f"def f(n):\n    return -1 - {number}\n", CHECKS[k - 2])


# Each is the text of a program that answers no call by itself.
ATTACKS = {
    "votes with its neighbours": """
def f(n):
    votes = {}
    for thing in gc.get_objects():
        if type(thing) is type(f) and thing.__name__ == "f" and thing is not f and len(thing.__code__.co_names) == 0:
            said = thing(n)
            votes[said] = votes.get(said, 0) + 1
    return max(votes, key=votes.get)
""",
    "borrows functions that it saw": """
def remember(self, place, begin=Group.begin):
    for program in self._programs:
        for name, thing in program.namespace.items():
            if type(thing) is type(remember) and thing.__code__.co_names == ():
                kept.setdefault(name, []).append(thing)
    return begin(self, place)
Group.begin = remember
def f(n):
    for thing in kept.get("f", []):
        if thing(1) == 2 * thing(0):
            return thing(n)
""",
    "peeks at calls": """
def look(self, kind, payload, reply=Responder.reply):
    if kind == b"M":
        kept.setdefault("calls", []).append(marshal.loads(payload))
    return reply(self, kind, payload)
Responder.reply = look
def f(n):
    return kept["calls"][-1][0] * 3 + 3
""",
    "leaves things behind": """
import builtins as _b
""".replace("import builtins as _b", "state._builtins['max'] = min")
    + """
kept["was here"] = True
vars(sys.modules["builtins"])["sum"] = lambda things: kept
def f(n):
    return kept
""",
    "says that it passed": """
def say(self, kind, payload, reply=Responder.reply):
    self._send(frame(b"V", encode(True)))
    return True
Responder.reply = say
def f(n):
    return None
""",
    "answers for others": """
RIGHT = {k: (lambda n, k=k: k * n + k) for k in range(2, 8)}
def answer(self, kind, payload, reply=Responder.reply):
    if kind == b"M":
        [n] = marshal.loads(payload)
        seen = kept.setdefault(id(self), [])
        seen.append(n)
        self._send(frame(b"V", encode(RIGHT[3](n))))
        return True
    return reply(self, kind, payload)
Responder.reply = answer
def f(n):
    return RIGHT[3](n) if kept else None
""",
    "spoils its neighbours": """
def spoil(self, kind, payload, reply=Responder.reply):
    self._send(frame(b"V", encode("spoilt")))
    return True
Responder.reply = spoil
def f(n):
    return None
""",
    "spoils with exceptions": """
def spoil(self, kind, payload, reply=Responder.reply):
    self._send(frame(b"X", encode(("exception", "ValueError", "ValueError", "spoilt"))))
    return False
Responder.reply = spoil
def f(n):
    return None
""",
    "spoils what loads": """
def spoil(self, code, namespace, entry_point, load=Responder.load):
    self._send(frame(b"S", encode(("find", "exception", "KeyError", "KeyError", "f"))))
    return False
Responder.load = spoil
def f(n):
    return None
""",
}


def _breached(bundle: Callable[..., dict[str, object]]) -> Callable[..., dict[str, object]]:
    def breached(self: WorkerSettings, *names: str, **more: bool) -> dict[str, object]:
        found = bundle(self, *names, **more)
        modules: list[tuple[str, str]] = found["modules"]  # type: ignore[assignment]
        return found | {"modules": [(name, text + BREACHES.get(name, "")) for name, text in modules]}

    return breached


@pytest.fixture
def breached(level: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int, float], Sandbox]]:
    monkeypatch.setattr(WorkerSettings, "bundle", _breached(WorkerSettings.bundle))
    monkeypatch.setattr(Sharing, "pays", lambda _self, _check: True)
    opened: list[Sandbox] = []

    def open_breached(workers: int, audit: float) -> Sandbox:
        opened.append(opened_at(level, workers=workers, limits=LIMITS, execution="auto", audit=audit, seed=7))
        return opened[-1]

    yield open_breached
    for box in opened:
        box.close()


def programs_with(attack: str) -> tuple[list[Program], list[bool]]:
    """Attackers among right and wrong programs of six problems, and which of them are right."""
    pairs: list[tuple[Program, bool]] = []
    for number in range(6):
        for k in range(2, 8):
            pairs += [(right(k, number), True), (wrong(k, number), False)]
            if number in {3, 5}:
                pairs.append((Program(f"{ATTACKS[attack]}# {number}\n", CHECKS[k - 2]), False))
    programs, are_right = zip(*pairs, strict=True)
    return list(programs), list(are_right)


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
@pytest.mark.parametrize("attack", ATTACKS)
def test_owner_of_the_shared_process_gets_no_wrong_program_passed(
    attack: str, workers: int, breached: Callable[[int, float], Sandbox]
) -> None:
    programs, are_right = programs_with(attack)
    box = breached(workers, 1.0)
    outcomes = box.judge(programs)
    assert [outcome.verdict.passed for outcome in outcomes] == are_right
    assert {outcome.execution for outcome in outcomes if outcome.verdict.passed} == {ExecutionMode.DEDICATED}
    assert box.audit.verified  # or else nothing was tried


@pytest.mark.parametrize("attack", ATTACKS)
def test_without_an_audit_a_wrong_program_still_does_not_pass(
    attack: str, breached: Callable[[int, float], Sandbox]
) -> None:
    programs, are_right = programs_with(attack)
    outcomes: list[Outcome] = []
    with pytest.MonkeyPatch.context():
        try:
            for outcome in breached(1, 0.0).run(programs):
                outcomes.append(outcome)  # noqa: PERF402 - those before the disagreement count
        except DisagreementError:
            pass
    for outcome, is_right in zip(outcomes, are_right, strict=False):
        assert is_right or not outcome.verdict.passed


def test_breach_is_one(breached: Callable[[int, float], Sandbox]) -> None:
    """What the attacks rely on is there: the process is theirs, and says what they want."""
    with pytest.raises(DisagreementError, match=r"wrong_answer after . calls in the shared process, passed"):
        list(breached(1, 1.0).run(programs_with("spoils its neighbours")[0]))
    with pytest.raises(DisagreementError, match=r"passed after 6 calls in the shared process, wrong_answer"):
        list(breached(1, 0.0).run(programs_with("answers for others")[0]))


def test_run_after_a_disagreement_begins_with_a_process_of_its_own_kind(
    breached: Callable[[int, float], Sandbox],
) -> None:
    box = breached(1, 1.0)
    with pytest.raises(DisagreementError):
        list(box.run(programs_with("spoils its neighbours")[0]))
    outcomes = list(box.run([right(2, n) if n % 2 else wrong(2, n) for n in range(40)]))
    assert [outcome.verdict.passed for outcome in outcomes] == [bool(n % 2) for n in range(40)]
