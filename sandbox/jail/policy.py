"""The jail's policy as a checked value; `policy.toml` is the text a reviewer reads."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from sandbox.errors import PolicyError
from sandbox.jail import syscalls

__all__ = ["Policy", "load_policy", "with_packages_profile"]

DEFAULT = Path(__file__).with_name("policy.toml")
_PACKAGES = Path(__file__).with_name("packages.toml")


@dataclass(frozen=True, slots=True)
class Policy:
    """What a jailed process may see and do; the fields are those of `policy.toml`, which explains them.

    `sha256` is the hash of the text it was read from.
    """

    scratch: str
    scratch_inodes: int
    size_bytes: int
    packages: tuple[str, ...]
    uid: int
    gid: int
    environment: Mapping[str, str]
    preload: tuple[str, ...]
    open_files: int
    core_bytes: int
    stack_bytes: int
    locked_bytes: int
    judge_memory_bytes: int
    allow: tuple[str, ...]
    kill: tuple[str, ...]
    lean: tuple[str, ...]
    pretend: tuple[str, ...]
    unsupported: tuple[str, ...]
    sha256: str


_SECTIONS = {
    "root": ("scratch", "scratch_inodes", "size_bytes", "packages"),
    "process": ("uid", "gid", "environment", "preload"),
    "limits": ("open_files", "core_bytes", "stack_bytes", "locked_bytes", "judge_memory_bytes"),
    "seccomp": ("allow", "kill", "lean", "pretend", "unsupported"),
}
_KINDS: dict[str, type] = {
    "scratch": str, "packages": list, "environment": dict, "preload": list, "allow": list, "kill": list,
    "lean": list, "pretend": list, "unsupported": list,
}  # fmt: skip
# What a policy without these lists means: no lean template, and what is not allowed fails with EPERM.
_UNLESS_GIVEN: dict[str, object] = {"lean": [], "pretend": [], "unsupported": []}


@cache
def load_policy(path: Path = DEFAULT) -> Policy:
    """Read and check a policy file.

    Raises:
        PolicyError: it is not TOML, a key is missing, unknown or of the wrong kind, or a system call has
            no known number.
    """
    text = path.read_bytes()
    try:
        document = tomllib.loads(text.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError(f"{path.name} is not TOML: {error}") from None
    fields: dict[str, Any] = {}
    for section, keys in _SECTIONS.items():
        table = document.get(section, {})
        if unknown := sorted(set(table) - set(keys)):
            raise PolicyError(f"{path.name}: [{section}] has no key {unknown[0]!r}; it has {', '.join(keys)}")
        for key in keys:
            fields[key] = _checked(path.name, section, key, table.get(key, _UNLESS_GIVEN.get(key)))
    _check_syscalls(path.name, tuple(call for key in _SECTIONS["seccomp"] for call in fields[key]))
    return Policy(**fields, sha256=hashlib.sha256(text).hexdigest())


def with_packages_profile(policy: Policy) -> Policy:
    """Return the policy under which programs may import a bundle: with what `packages.toml` adds to it.

    What the policy kills stays killed. The hash is that of both texts.

    Raises:
        PolicyError: `packages.toml` adds a call that the policy kills, or one without a known number.
    """
    text = _PACKAGES.read_bytes()
    added = tomllib.loads(text.decode())
    calls = added["seccomp"]
    _check_syscalls(_PACKAGES.name, (*calls["allow"], *calls["pretend"]))
    if clash := sorted({*calls["allow"], *calls["pretend"]} & {*policy.kill}):
        raise PolicyError(f"{_PACKAGES.name}: [seccomp] allows {clash[0]!r}, which the policy kills")
    return replace(
        policy,
        allow=(*policy.allow, *calls["allow"]),
        pretend=(*policy.pretend, *calls["pretend"]),
        environment={**policy.environment, **added["process"]["environment"]},
        sha256=hashlib.sha256(f"{policy.sha256}\n".encode() + text).hexdigest(),
    )


def _checked(name: str, section: str, key: str, value: object) -> object:
    kind = _KINDS.get(key, int)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise PolicyError(f"{name}: [{section}] {key} must be given as {kind.__name__}, not {value!r}")
    return tuple(value) if isinstance(value, list) else value


def _check_syscalls(name: str, calls: tuple[str, ...]) -> None:
    known = syscalls.numbers("x86_64").keys() | syscalls.numbers("aarch64").keys()
    for call in calls:
        if call not in known:
            raise PolicyError(f"{name}: [seccomp] names {call!r}, which is no known system call")
