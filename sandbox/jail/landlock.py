"""Landlock: the same file tree once more, as a rule the process cannot shed, where the kernel has it.

Beside files it forbids TCP (ABI 4), and abstract sockets and signals that leave the jail (ABI 6).
"""

import contextlib
import os
import struct
from collections.abc import Iterable

from sandbox.jail import libc, syscalls

__all__ = ["abi", "restrict"]

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_READ = _EXECUTE | _READ_FILE | _READ_DIR
# File rights by ABI: thirteen at first, then REFER (2), TRUNCATE (3), IOCTL_DEV (5).
_FILE_RIGHTS = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF, 5: 0xFFFF}
_OF_A_FILE = _EXECUTE | _WRITE_FILE | _READ_FILE | 0x4000 | 0x8000
_TCP = 3
_SCOPES = 3
_VERSION_FLAG, _PATH_BENEATH = 1, 1


def abi() -> int:
    """Return the kernel's Landlock version, 0 where there is none."""
    with contextlib.suppress(OSError):
        return libc.syscall(syscalls.numbers()["landlock_create_ruleset"], 0, 0, _VERSION_FLAG)
    return 0


def restrict(readable: Iterable[str], writable: Iterable[str], listable: Iterable[str] = ()) -> int:
    """Restrict this process and its children to these paths; return the ABI used, 0 if there is none.

    The process must have set no_new_privs. Paths that do not exist are left out. What is below a path may be
    used like it; folders that are only `listable` show the names below them.
    """
    version = abi()
    if not version:
        return 0
    known = syscalls.numbers()
    rights = _FILE_RIGHTS[min(version, 5)]
    attributes = struct.pack("<QQQ", rights, _TCP, _SCOPES)[: 8 if version < 4 else 16 if version < 6 else 24]
    ruleset = libc.syscall(known["landlock_create_ruleset"], attributes, len(attributes), 0)
    try:
        grants = ((readable, _READ), (writable, rights & ~_EXECUTE), (listable, _READ_DIR))
        for paths, granted in grants:
            for path in paths:
                _add_rule(known["landlock_add_rule"], ruleset, path, granted & rights)
        libc.syscall(known["landlock_restrict_self"], ruleset, 0)
    finally:
        os.close(ruleset)
    return version


def _add_rule(number: int, ruleset: int, path: str, granted: int) -> None:
    with contextlib.suppress(FileNotFoundError):
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            of_kind = granted if os.path.isdir(path) else granted & _OF_A_FILE
            rule = struct.pack("<Qi", of_kind, handle)
            libc.syscall(number, ruleset, _PATH_BENEATH, rule, 0)
        finally:
            os.close(handle)
