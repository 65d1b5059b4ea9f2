"""The guest's modules, by name; they are sent to the jailed interpreter as text."""

from pathlib import Path
from typing import Final

__all__ = ["PACKAGE", "UNTRUSTED"]

PACKAGE = Path(__file__).resolve().parents[1]
# What every untrusted side consists of, in the order in which it is executed there.
UNTRUSTED: Final = (
    "guest.allowlist",
    "guest.lean",
    "wire.value_format",
    "wire.value_encoder",
    "wire.value_decoder",
    "wire.frames",
    "wire.held_arguments",
    "guest.held_arguments",
    "guest.responder",
    "guest.annotations",
    "guest.syntax_forms",
    "guest.syntax_walk",
    "guest.verifier",
    "guest.shared_state",
    "wire.groups",
    "guest.shared_process",
    "guest.main_module",
    "guest.stdio_main",
    "guest.script_main",
    "guest.unittest_main",
    "guest.program_process",
    "guest.scratch",
    "guest.warm_up",
    "jail.seccomp_install",
    "wire.control",
    "guest.zygote",
)  # fmt: skip
