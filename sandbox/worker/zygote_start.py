"""Start the zygotes of a judge: enclosed, in interpreters of their own, with the guest's modules as code."""

import ast
import contextlib
import ctypes
import marshal
import os
import socket
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any, Final, NoReturn

from sandbox.errors import SandboxError
from sandbox.jail import landlock, libc, privileges
from sandbox.jail.enclose import enclose_single_process_zygote, enclose_zygote, named_step
from sandbox.judge.zygote_client import Zygote
from sandbox.program import JudgeMode
from sandbox.wire.control import EAGER_LINKING
from sandbox.worker.container_handshake import accept_container
from sandbox.worker.relay import Relay

__all__ = ["OWN_ZYGOTES", "start_lean_zygote", "start_zygote"]

OWN_ZYGOTES: Final = {"forked", "lone"}  # settings with which the judge forks its zygote itself
_NO_RANDOM_ADDRESSES: Final = 0x0040000  # ADDR_NO_RANDOMIZE, of personality(2)

# What a fresh interpreter in the jail runs: the untrusted side's modules, bootstrap over as text.
_BOOTSTRAP = """
import _socket, marshal, sys, types
bootstrap = marshal.load(sys.stdin.buffer)
sys.modules["sandbox"] = types.ModuleType("sandbox")
for name, code in bootstrap["modules"]:
    module = sys.modules[name] = types.ModuleType(name)
    exec(code, module.__dict__)
main = module.main
del module, name, code
control = _socket.socket(fileno=bootstrap["control"])
filters = [bytes.fromhex(bootstrap[name]) for name in ("filter", "program_filter")]
more = {name: bootstrap[name] for name in ("packages", "is_lean")}
main(control, bootstrap["scratch"], bootstrap["preload"], *filters, **more)
"""


def start_zygote(settings: dict[str, Any], relay: Relay | None) -> tuple[Zygote, dict[str, Any]]:
    """Start the zygote that forks programs; return it and facts about its environment."""
    if relay:
        control, pid, told = relay.to_judge()
    elif settings["zygote"] in OWN_ZYGOTES:
        control, pid = _fork_zygote(settings, settings["bundle"])
        told = {"landlock": landlock.abi()}
    else:
        control, pid, told = accept_container(settings)
    return Zygote(control, pid), told


def start_lean_zygote(settings: dict[str, Any]) -> Zygote | None:
    """Start the lean template; return None where there is none or this interpreter needs more."""
    bundle = settings.get("lean_bundle")
    if not bundle or settings["judge"] != JudgeMode.ISOLATED:
        return None
    try:
        return Zygote(*_fork_zygote(settings, bundle))
    except SandboxError:  # another libc or Python makes other system calls; programs then have full processes
        return None


def _fork_zygote(settings: dict[str, Any], bundle: dict[str, Any]) -> tuple[socket.socket, int]:
    """Start a zygote as first process of an inner namespace; return the socket to it and its number."""
    ours, theirs = socket.socketpair()
    bundle_read, bundle_write = os.pipe()
    lone = settings["zygote"] == "lone"
    # A namespace for this child only: this process stays where it is, and a second child gets another one.
    zygote = os.fork() if lone else named_step("pid namespace", libc.fork_into_pid_namespace)
    if zygote == 0:
        try:
            ours.close()
            os.close(bundle_write)
            enclose = enclose_single_process_zygote if lone else enclose_zygote
            _exec_zygote(theirs, bundle_read, settings, enclose)
        except (OSError, SandboxError) as error:
            theirs.sendall(f"the zygote's jail: {error}".encode())
        os._exit(1)
    theirs.close()
    os.close(bundle_read)
    # The same interpreter runs there, so the code is compiled here: what compiling leaves in memory every
    # fork would copy.
    modules = [(name, _compiled(name, text)) for name, text in bundle["modules"]]
    with os.fdopen(bundle_write, "wb") as pipe:
        pipe.write(marshal.dumps({**bundle, "modules": modules}))
    if (word := ours.recv(1000)) != b"ready":
        raise SandboxError(word.decode(errors="replace") or "the zygote ended before it was ready")
    return ours, 0 if lone else zygote


@cache
def _compiled(name: str, text: str) -> CodeType:
    """Compile a guest module without annotations, because a lean process lacks the modules that they name."""
    tree = ast.parse(text)
    body = tree.body
    tree.body = [each for each in body if not _is_for_annotations(each)]
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.copy_location(ast.Constant(None), node.annotation)
    return compile(tree, f"<{name}>", "exec", dont_inherit=True)


def _is_for_annotations(node: ast.stmt) -> bool:
    if isinstance(node, ast.If):
        return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    return isinstance(node, ast.ImportFrom) and node.module in {"typing", "collections.abc"}


def _exec_zygote(
    control: socket.socket, bundle: int, settings: dict[str, Any], enclose: Callable[[dict[str, Any]], None]
) -> NoReturn:
    policy = settings["policy"]
    # When the control group is full, the kernel kills this process rather than the judge.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    enclose(settings)
    privileges.limit(
        nofile=policy["open_files"], core=policy["core_bytes"], stack=policy["stack_bytes"],
        memlock=policy["locked_bytes"],
    )  # fmt: skip
    # The addresses of None and of C's classes decide the order of a set that holds them, so they must be the
    # same in every worker and template. A surrounding container engine may not allow it.
    with contextlib.suppress(OSError):
        libc.call("personality", ctypes.c_ulong(_NO_RANDOM_ADDRESSES))
    os.dup2(bundle, 0)
    os.dup2(control.fileno(), 3)
    os.closerange(4, 256)
    python = settings["interpreter"]["executable"]
    environment = {**policy["environment"], **EAGER_LINKING}
    os.execve(python, [python, "-P", "-s", "-S", "-B", "-X", "utf8", "-c", _BOOTSTRAP], environment)  # noqa: S606
