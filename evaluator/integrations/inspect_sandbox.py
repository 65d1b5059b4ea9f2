"""Inspect's sandbox provider `passlaw`: Python scripts in the jail, with a folder of files for each sample.

    Task(..., sandbox="passlaw")

Each command is a process of its own in a fresh jail; files that it leaves are carried to the next one.
Commands are Python's: `python -c TEXT`, `python FILE`, `python -` with the text as input. There is no shell
and no network.
"""

import base64
import json
import os
import posixpath
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, overload

from anyio import to_thread
from inspect_ai.util import (
    ExecResult,
    OutputLimitExceededError,
    SandboxEnvironment,
    SandboxEnvironmentConfigType,
    SandboxUserUnsupportedError,
    sandboxenv,
)
from typing_extensions import override

from sandbox import Script, ScriptResult, Scripts, open_scripts

__all__ = ["PasslawSandbox"]

_LONGEST_S: Final = 600.0  # for a command without a time limit of its own
_FILES_BYTES: Final = 8 << 20  # what a script's folder may hold
_LONGEST_NAME: Final = 500
_NOT_FOUND: Final = 127  # a shell's status for a command that is not there
_LEFT: Final = ".passlaw-files"
_PLAIN_OPTIONS: Final = frozenset(["-B", "-E", "-I", "-O", "-OO", "-P", "-S", "-q", "-s", "-u"])

# Runs the command's text, whatever it is, and leaves the folder's files as one that is fetched.
_RUNNER: Final = """\
import sys as _sys
def _begin(argv, name, cwd, env, most, left):
    import atexit, base64, json, os
    home, main = os.getcwd(), os.path.join(os.getcwd(), "main.py")
    def leave():
        files, total = {{}}, 0
        for folder, _folders, names in os.walk(home):
            for each in names:
                path = os.path.join(folder, each)
                if os.path.isfile(path) and not os.path.islink(path) and path != main:
                    total += os.path.getsize(path)
                    if total <= most:
                        with open(path, "rb") as file:
                            files[os.path.relpath(path, home)] = base64.b64encode(file.read()).decode()
        with open(os.path.join(home, left), "w") as file:
            json.dump(files, file)
    atexit.register(leave)
    os.environ.update(env)
    os.makedirs(cwd, exist_ok=True)
    os.chdir(cwd)
    _sys.argv = argv
    globals()["__file__"] = name
_begin({argv!r}, {name!r}, {cwd!r}, {env!r}, {most!r}, {left!r})
del _begin
exec(compile({text!r}, {name!r}, "exec", dont_inherit=True), globals())
"""


@dataclass(slots=True)
class _Pool:
    """The workers that all samples share, and how many tasks use them."""

    scripts: Scripts | None = None
    tasks: int = 0


_POOL: Final = _Pool()


@sandboxenv(name="passlaw")
class PasslawSandbox(SandboxEnvironment):  # type: ignore[misc]  # Inspect is not where mypy runs
    """One sample's folder of files, and Python commands that run in the jail beside it.

    Limits: 8 MiB of files, 1 MiB of each output stream (beyond it `OutputLimitExceededError`), 2 GiB of
    memory, and the command's time in CPU seconds, 600 unless it says otherwise. Other commands than Python's
    fail with status 127. A command that ends by `os._exit`, a signal or its time leaves the
    folder as it was.
    """

    def __init__(self) -> None:
        super().__init__()
        self._files: dict[str, bytes] = {}

    @classmethod
    @override
    async def task_init(cls, task_name: str, config: SandboxEnvironmentConfigType | None) -> None:
        """Start the workers; raise `sandbox.IsolationError` where this machine gives no isolation."""
        if _POOL.scripts is None:
            workers = len(os.sched_getaffinity(0))
            _POOL.scripts = await to_thread.run_sync(lambda: open_scripts(workers))
        _POOL.tasks += 1

    @classmethod
    @override
    async def task_cleanup(
        cls, task_name: str, config: SandboxEnvironmentConfigType | None, cleanup: bool
    ) -> None:
        """End the workers when no task needs them any more."""
        _POOL.tasks -= 1
        if _POOL.tasks == 0 and _POOL.scripts is not None:
            scripts, _POOL.scripts = _POOL.scripts, None
            await to_thread.run_sync(scripts.close)

    @classmethod
    @override
    async def sample_init(
        cls, task_name: str, config: SandboxEnvironmentConfigType | None, metadata: dict[str, str]
    ) -> dict[str, SandboxEnvironment]:
        """Return an empty folder."""
        return {"default": PasslawSandbox()}

    @classmethod
    @override
    async def sample_cleanup(
        cls,
        task_name: str,
        config: SandboxEnvironmentConfigType | None,
        environments: dict[str, SandboxEnvironment],
        interrupted: bool,
    ) -> None:
        """No-op: the files of a sample are in memory."""

    @override
    async def exec(
        self,
        cmd: list[str],
        input: str | bytes | None = None,
        cwd: str | None = None,
        env: dict[str, str] | None = None,
        user: str | None = None,
        timeout: int | None = None,
        timeout_retry: bool = True,
        concurrency: bool = True,
    ) -> ExecResult[str]:
        """Run a Python command; see the class for what others do and for the limits.

        Raises:
            TimeoutError: it took too long.
            OutputLimitExceededError: it printed too much.
            SandboxUserUnsupportedError: a user was asked for.
            PermissionError: `cwd` is outside the folder.
        """
        if user is not None:
            raise SandboxUserUnsupportedError(f"passlaw runs commands as one user, not as {user!r}")
        stdin = input.decode("utf-8", "replace") if isinstance(input, bytes) else input or ""
        command = _python(cmd, self._files, stdin)
        if isinstance(command, str):
            return ExecResult(success=False, returncode=_NOT_FOUND, stdout="", stderr=command)
        script = Script(
            _RUNNER.format(
                argv=command.argv, name=command.argv[0] or "<stdin>", cwd=_inside(cwd or "."), env=env or {},
                most=_FILES_BYTES, left=_LEFT, text=command.text,
            ),
            stdin="" if command.from_input else stdin,
            files=self._files,
            fetch=(_LEFT,),
            timeout_s=float(timeout or _LONGEST_S),
        )  # fmt: skip
        assert _POOL.scripts is not None, "task_init was not called"
        return self._taken(
            await to_thread.run_sync(_POOL.scripts.run, script, abandon_on_cancel=True), timeout
        )

    def _taken(self, result: ScriptResult, timeout_s: int | None) -> ExecResult[str]:
        if result.timed_out:
            raise TimeoutError(f"the command took more than {timeout_s or _LONGEST_S:g} s")
        if result.cut:
            raise OutputLimitExceededError("1 MiB", result.stdout or result.stderr)
        if _LEFT in result.files:
            self._files = _left_behind(result.files[_LEFT])
        status = result.exit_status if result.exit_status is not None else -1
        return ExecResult(status == 0, status, result.stdout, result.stderr)

    @override
    async def write_file(self, file: str, contents: str | bytes) -> None:
        """Put a file into the folder; raise PermissionError outside it, IsADirectoryError for a folder."""
        name = _inside(file)
        self._no_folder(name)
        self._files[name] = (
            contents.encode("utf-8", "surrogatepass") if isinstance(contents, str) else contents
        )

    @overload
    async def read_file(self, file: str, text: Literal[True] = True) -> str: ...  # noqa: FBT002

    @overload
    async def read_file(self, file: str, text: Literal[False]) -> bytes: ...

    @override
    async def read_file(self, file: str, text: bool = True) -> str | bytes:
        """Return a file of the folder; raise FileNotFoundError, IsADirectoryError, UnicodeDecodeError."""
        name = _inside(file)
        self._no_folder(name)
        if name not in self._files:
            raise FileNotFoundError(f"{file}: no such file in the sample's folder")
        return self._files[name].decode("utf-8") if text else self._files[name]

    def _no_folder(self, name: str) -> None:
        if name == "." or any(each.startswith(f"{name}/") for each in self._files):
            raise IsADirectoryError(f"{name}: a folder")


@dataclass(frozen=True, slots=True)
class _Command:
    """A Python command: the text to run, its `sys.argv`, and whether the text came as input."""

    text: str
    argv: list[str]
    from_input: bool = False


def _python(cmd: Sequence[str], files: dict[str, bytes], stdin: str) -> _Command | str:
    """Return what a command line runs, or why it cannot be run here."""
    program = posixpath.basename(cmd[0]) if cmd else ""
    if program.rstrip("0123456789.") != "python":
        return f"passlaw: {program!r:.60}: not found; only python runs here\n"
    rest = list(cmd[1:])
    while rest and rest[0] in _PLAIN_OPTIONS:
        rest.pop(0)
    match rest:
        case ["-c", text, *more]:
            return _Command(text, ["-c", *more])
        case [] | ["-", *_]:
            return _Command(stdin, rest[:1] or [""], from_input=True)
        case [name, *more] if not name.startswith("-"):
            content = files.get(posixpath.normpath(name))
            if content is None:
                return f"python: can't open file {name!r:.200}: No such file or directory\n"
            return _Command(content.decode("utf-8", "replace"), [name, *more])
    return f"passlaw: python {rest[0]!r:.60} is not run here; python -c TEXT and python FILE are\n"


def _inside(path: str) -> str:
    """Return a name within the folder."""
    name = posixpath.normpath(path)
    if name.startswith(("/", "..")) or "\0" in name or len(name) > _LONGEST_NAME:
        raise PermissionError(f"{path:.200}: outside the sample's folder; give a relative path")
    return name


def _left_behind(listing: bytes) -> dict[str, bytes]:
    """Read the files that a command left; the listing is the command's own word, so it may be anything."""
    try:
        listed = json.loads(listing)
        files = {_inside(name): base64.b64decode(content) for name, content in listed.items()}
    except (ValueError, AttributeError, TypeError, RecursionError, PermissionError):
        return {}
    files.pop(_LEFT, None)
    return files if sum(map(len, files.values())) <= _FILES_BYTES else {}
