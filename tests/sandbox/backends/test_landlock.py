"""The level without namespaces: what a program can reach of a machine that it can see."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests_sandbox import ASK, opened_at, program, run_one

from sandbox import IsolationError, Limits, Program, Sandbox, Verdict, open_sandbox

_RAW = "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
_OK = "return a + b"


@pytest.fixture(scope="module")
def lone() -> Iterator[Sandbox]:
    with opened_at("landlock", limits=Limits(cpu_s=1.0)) as opened:
        yield opened


def asked(box: Sandbox, source: str) -> str:
    outcome = run_one(box, Program(source, ASK))
    return outcome.detail.partition("the last call returned ")[2] or outcome.detail


@pytest.mark.parametrize("number", [0, 9, 15, 19])
@pytest.mark.parametrize("call", ["os.kill({pid}, {n})", "os.kill(-{pid}, {n})", "os.killpg({pid}, {n})", "libc.syscall(200, {pid}, {n})",
                                  "libc.syscall(234, {pid}, {pid}, {n})"])  # fmt: skip
def test_no_other_process_can_be_signalled(lone: Sandbox, call: str, number: int) -> None:
    bystander = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True
    )
    try:
        for pid in (bystander.pid, os.getpid(), "os.getppid()", 0, -1, 1):
            tried = call.format(pid=pid, n=number)
            said = asked(lone, f"{_RAW}def f():\n    return {tried}\n")
            assert "Error" in said or said == "-1", said
        assert bystander.poll() is None
        assert Path(f"/proc/{bystander.pid}/stat").read_text().split()[2] != "T"
    finally:
        bystander.kill()
        bystander.wait()
    assert run_one(lone, program(_OK)).verdict is Verdict.PASSED


def test_a_program_can_end_itself(lone: Sandbox) -> None:
    assert run_one(lone, program("import os; os.kill(os.getpid(), 9)")).verdict is Verdict.EXITED
    assert run_one(lone, program("import os; os.abort()")).verdict is Verdict.CRASHED


@pytest.mark.parametrize(
    "call",
    [
        "os.fork()",
        "libc.syscall(56, 17, 0, 0, 0, 0)",
        "libc.vfork()",
        "libc.syscall(57)",
        "libc.syscall(435, 0, 0)",
    ],
)
def test_no_process_can_be_started(lone: Sandbox, call: str) -> None:
    said = asked(lone, f"{_RAW}def f():\n    return {call}\n")
    assert "PermissionError" in said or said == "-1", said


def test_threads_can(lone: Sandbox) -> None:
    source = "import threading\ndef add(a, b):\n    got = []\n    t = threading.Thread(target=lambda: got.append(a + b))\n    t.start(); t.join()\n    return got[0]\n"
    assert run_one(lone, Program(source, program("").check)).verdict is Verdict.PASSED


@pytest.mark.parametrize("call", ["open(path).read()", "open(path, 'a')", "os.chmod(path, 0)", "os.utime(path)", "os.unlink(path)", "os.rename(path, path + 'x')",
                                  "os.truncate(path, 0)", "os.link(path, path + 'x')", "os.symlink('x', path + 'x')", "os.mkdir(path + 'x')",
                                  "os.listdir(os.path.dirname(path))", "os.setxattr(path, 'user.x', b'')", "os.chown(path, 1, 1)"])  # fmt: skip
def test_the_users_own_files_are_out_of_reach(lone: Sandbox, tmp_path: Path, call: str) -> None:
    file = tmp_path / "own"
    file.write_text("mine")
    before = _lasting(file)
    said = asked(lone, f"import os\npath = {str(file)!r}\ndef f():\n    {call}\n    return 'reached'\n")
    assert "PermissionError" in said, said
    assert (file.read_text(), _lasting(file), list(tmp_path.iterdir())) == ("mine", before, [file])


def _lasting(file: Path) -> tuple[int, ...]:
    """What reading a file does not change of it."""
    seen = file.stat()
    return seen.st_mode, seen.st_uid, seen.st_gid, seen.st_nlink, seen.st_size, seen.st_mtime_ns


def test_installed_packages_cannot_be_read(lone: Sandbox) -> None:
    """They may hold the problems' tests and solutions, beside the standard library itself."""
    import sysconfig

    site = next(path for path in (sysconfig.get_path("purelib"),) if Path(path).is_dir())
    beside = str(Path(os.__file__).parent / "site-packages")
    for folder in (site, beside):
        names = "next(os.path.join(d, n) for d, _, names in os.walk(folder) for n in names)"
        assert "'reached'" not in asked(
            lone,
            f"import os\nfolder = {folder!r}\ndef f():\n    open({names}).read()\n    return 'reached'\n",
        )
        inside = list(Path(folder).glob("*/*.py"))[:1] if Path(folder).is_dir() else []
        for file in inside:
            assert "PermissionError" in asked(lone, f"def f():\n    return open({str(file)!r}).read()\n")


def test_processes_can_neither_be_read_nor_traced(lone: Sandbox) -> None:
    for path in (f"/proc/{os.getpid()}/environ", "/proc/self/mem", "/proc/1/cmdline", "/proc"):
        said = asked(
            lone,
            f"import os\ndef f():\n    return os.listdir({path!r}) if os.path.isdir({path!r}) else open({path!r}).read()\n",
        )
        assert "PermissionError" in said, said
    assert (
        run_one(lone, program(f"{_RAW}libc.ptrace(16, os.getppid(), 0, 0); {_OK}")).verdict is Verdict.BLOCKED
    )


def test_no_second_filter_and_no_new_domain(lone: Sandbox) -> None:
    for call in (
        "libc.prctl(38, 1, 0, 0, 0)",
        "libc.syscall(317, 1, 0, 0)",
        "libc.prctl(22, 2, 0)",
        "libc.prctl(4, 1)",
        "os.setsid()",
    ):
        said = asked(lone, f"{_RAW}def f():\n    return {call}\n")
        assert said == "-1" or "PermissionError" in said, call


def test_a_killed_host_leaves_no_program_behind(tmp_path: Path) -> None:
    script = tmp_path / "host.py"
    script.write_text(
        "from sandbox import Check, Program, open_sandbox\n"
        "with open_sandbox(workers=1, backend='landlock') as box:\n    print('open', flush=True)\n"
        "    list(box.run([Program('import time\\ndef f(): time.sleep(60)\\n', Check('f', 'def check(c): c()'))]))\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])}
    host = subprocess.Popen([sys.executable, str(script)], env=environment, stdout=subprocess.PIPE)
    assert host.stdout is not None
    assert host.stdout.readline() == b"open\n"
    time.sleep(0.5)
    below, waiting = [], [host.pid]
    while waiting:
        for task in Path(f"/proc/{waiting.pop()}/task").iterdir():
            found = [int(pid) for pid in (task / "children").read_text().split()]
            below += found
            waiting += found
    assert len(below) == 5, "worker, judge, two templates and program"
    host.send_signal(signal.SIGKILL)
    host.communicate()
    deadline = time.monotonic() + 10
    while (left := [pid for pid in below if Path(f"/proc/{pid}").exists()]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not left


def test_an_older_kernel_is_refused_with_the_probe_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.jail.landlock.abi", lambda: 5)
    with pytest.raises(IsolationError, match=r"landlock: version 5 here, and only from 6"):
        open_sandbox(backend="landlock")
