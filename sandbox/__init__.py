"""Runs untrusted Python and says what happened, in a way the scored code cannot forge."""

from sandbox.errors import (
    CheckError,
    CodecError,
    DisagreementError,
    IsolationError,
    PolicyError,
    SandboxError,
    WorkerLostError,
)
from sandbox.evaluated_answers import evaluates_answers
from sandbox.host.audit import Audit
from sandbox.host.open import open_sandbox
from sandbox.host.pool import Sandbox
from sandbox.host.scripts import SaturatedError, Script, ScriptResult, Scripts, open_scripts
from sandbox.options import SandboxOptions
from sandbox.program import Check, Description, ExecutionMode, JudgeMode, Limits, Outcome, Program, Verdict
from sandbox.stdio_check import StdioCheck

__all__ = [
    "Audit",
    "Check",
    "CheckError",
    "CodecError",
    "Description",
    "DisagreementError",
    "ExecutionMode",
    "IsolationError",
    "JudgeMode",
    "Limits",
    "Outcome",
    "PolicyError",
    "Program",
    "Sandbox",
    "SandboxError",
    "SandboxOptions",
    "SaturatedError",
    "Script",
    "ScriptResult",
    "Scripts",
    "StdioCheck",
    "Verdict",
    "WorkerLostError",
    "evaluates_answers",
    "open_sandbox",
    "open_scripts",
]
