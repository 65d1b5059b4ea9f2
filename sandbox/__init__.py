"""Runs untrusted Python and says what happened, in a way the scored code cannot forge."""

from sandbox.errors import CheckError, CodecError, IsolationError, PolicyError, SandboxError, WorkerLostError
from sandbox.pool import Sandbox, open_sandbox
from sandbox.program import Check, Description, JudgeMode, Limits, Outcome, Program, Verdict
from sandbox.scripts import SaturatedError, Script, ScriptResult, Scripts, open_scripts

__all__ = [
    "Check",
    "CheckError",
    "CodecError",
    "Description",
    "IsolationError",
    "JudgeMode",
    "Limits",
    "Outcome",
    "PolicyError",
    "Program",
    "Sandbox",
    "SandboxError",
    "SaturatedError",
    "Script",
    "ScriptResult",
    "Scripts",
    "Verdict",
    "WorkerLostError",
    "open_sandbox",
    "open_scripts",
]
