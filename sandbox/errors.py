"""What can go wrong with the machinery; what goes wrong with a program is a verdict, not an exception.

SandboxError
├── IsolationError      this machine cannot give the isolation that was asked for
├── WorkerLostError     a worker died or fell silent, and did so again when it was replaced
├── DisagreementError   a program came to another verdict in a process of its own than in the shared one
├── PolicyError         the jail's policy file is malformed
├── PackagesError       a bundle of packages is missing, damaged, built for something else, or cannot be built
└── CodecError          bytes from the untrusted side are not a value
"""

__all__ = [
    "CheckError",
    "CodecError",
    "DisagreementError",
    "IsolationError",
    "PackagesError",
    "PolicyError",
    "SandboxError",
    "WorkerLostError",
]


class SandboxError(Exception):
    """The sandbox itself failed; no program is to blame."""


class IsolationError(SandboxError):
    """This machine cannot give the isolation that was asked for; the message names the probe that failed."""


class WorkerLostError(SandboxError):
    """Workers could not be started, or kept dying before they had scored anything."""


class DisagreementError(SandboxError):
    """A program came to one verdict in the shared process and to another in a process of its own.

    No verdict that was made in the shared process of this run counts any more. Run the programs again with
    `execution="dedicated"`, where every program has its own process. `evaluator` does so by itself.
    """


class CheckError(SandboxError):
    """The trusted text of a check does not compile or run, so nothing can be judged by it."""


class PolicyError(SandboxError):
    """The jail's policy file is malformed; the message names the key."""


class PackagesError(SandboxError):
    """A bundle of packages is missing, damaged, built for another interpreter, or cannot be built."""


class CodecError(SandboxError):
    """Bytes that came from the untrusted side do not decode to a value within the limits."""
