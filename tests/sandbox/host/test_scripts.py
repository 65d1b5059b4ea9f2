import threading
import time
from collections.abc import Iterator

import pytest

from sandbox import SaturatedError, Script, ScriptResult, Scripts, open_scripts


@pytest.fixture(scope="module")
def scripts() -> Iterator[Scripts]:
    with open_scripts(workers=1) as opened:
        yield opened


def told(result: ScriptResult) -> tuple[str, str, int | None]:
    return result.stdout, result.stderr, result.exit_status


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("print(input() + '!')", ("hello!\n", "", 0)),
        ("import sys; print('a'); print('b', file=sys.stderr); sys.exit(3)", ("a\n", "b\n", 3)),
        ("import sys; sys.exit('sorry')", ("", "sorry\n", 1)),
        ("import os; os.write(1, b'raw'); os._exit(7)", ("raw", "", 7)),
        ("import os; os.write(1, b'x' * 10); os.kill(os.getpid(), 11)", ("x" * 10, "", -11)),
        ("print('é\\udc80')", ("é\ufffd\n", "", 0)),
        ("if __name__ == '__main__': print(__file__.rpartition('/')[2])", ("main.py\n", "", 0)),
        ("import os, sys; print(sys.argv, sys.path[0] == os.getcwd() == os.path.dirname(__file__))", ("['main.py'] True\n", "", 0)),
        ("print(type(__builtins__).__name__, __cached__, __spec__, __doc__, type(__loader__).__name__)", ("module None None None SourceFileLoader\n", "", 0)),
        ("if not int(input() == 'x'):\n    print(0)\n    exit()\nprint(1)", ("0\n", "", 0)),
        ("quit(3)", ("", "", 3)),
        ("exit('bye')", ("", "bye\n", 1)),
        ("print(exit); print(quit)", ("Use exit() or Ctrl-D (i.e. EOF) to exit\nUse quit() or Ctrl-D (i.e. EOF) to exit\n", "", 0)),
        ("print([callable(each) for each in (help, copyright, credits, license)])", ("[True, True, True, True]\n", "", 0)),
        ("import sys\ndef hook(kind, *rest): print(kind.__name__)\nsys.excepthook = hook\n1 / 0", ("ZeroDivisionError\n", "", 1)),
        ("import sys\nsys.excepthook = None\nexit(4)", ("", "", 4)),
        ("import atexit; atexit.register(print, 'bye'); print('hi')", ("hi\nbye\n", "", 0)),
        ("import threading, time; threading.Thread(target=lambda: (time.sleep(.1), print('t'))).start()", ("t\n", "", 0)),
        ("from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int\nimport pickle; print(pickle.loads(pickle.dumps(A(1))))", ("A(x=1)\n", "", 0)),
        ("import subprocess, sys", ("", "", 0)),
    ],
)  # fmt: skip
def test_a_script_runs_as_a_main_module(
    scripts: Scripts, source: str, expected: tuple[str, str, int | None]
) -> None:
    assert told(scripts.run(Script(source, stdin="hello\n"))) == expected


def test_an_error_is_shown_as_the_interpreter_does(scripts: Scripts) -> None:
    result = scripts.run(Script("def f():\n    return 1 / 0\nf()\n"))
    assert result.exit_status == 1
    lines = result.stderr.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[1].strip() == 'File "main.py", line 3, in <module>'
    assert "return 1 / 0" in result.stderr
    assert lines[-1] == "ZeroDivisionError: division by zero"
    assert "SyntaxError" in scripts.run(Script("def f(:")).stderr


@pytest.mark.parametrize(
    "source", ["while True: pass", "import time; time.sleep(60)", "input()\nwhile 1: pass"]
)
def test_a_script_is_stopped_in_time_and_keeps_what_it_said(scripts: Scripts, source: str) -> None:
    started = time.monotonic()
    result = scripts.run(Script(f"print('before', flush=True)\n{source}", stdin="\n", timeout_s=0.5))
    assert (result.timed_out, result.exit_status, result.stdout) == (True, None, "before\n")
    assert time.monotonic() - started < 20


def test_output_is_bounded_and_does_not_block_the_script(scripts: Scripts) -> None:
    result = scripts.run(
        Script("import sys\nfor _ in range(64): sys.stdout.write('x' * 65536)\nprint(file=sys.stderr)")
    )
    assert (len(result.stdout), result.cut, result.exit_status) == (1 << 20, True, 0)


def test_input_that_nobody_reads_does_no_harm(scripts: Scripts) -> None:
    assert told(scripts.run(Script("print(1)", stdin="x" * 3_000_000))) == ("1\n", "", 0)
    assert told(scripts.run(Script("print(len(open(0).read()))", stdin="x" * 3_000_000))) == (
        "3000000\n",
        "",
        0,
    )


def test_files_go_in_and_out_and_leave_nothing(scripts: Scripts) -> None:
    text = "import os\ndata = open('in/a.txt').read()\nopen('out.bin', 'wb').write(b'\\0' + data.encode())"
    script = Script(text, files={"in/a.txt": b"hi"}, fetch=("out.bin", "in/a.txt", "none"))
    result = scripts.run(script)
    assert told(result) == ("", "", 0)
    assert result.files == {"out.bin": b"\0hi", "in/a.txt": b"hi"}
    assert scripts.run(Script("import os; print(sorted(os.listdir()))")).stdout == "['main.py']\n"


@pytest.mark.parametrize("name", ["/etc/passwd", "../x", "a/../../x", "", "a\0b"])
def test_files_stay_in_the_scripts_folder(scripts: Scripts, name: str) -> None:
    with pytest.raises(ValueError, match="stays in the script's folder"):
        scripts.run(Script("", files={name: b""}))
    with pytest.raises(ValueError, match="stays in the script's folder"):
        scripts.run(Script("", fetch=(name,)))


def test_memory_is_bounded(scripts: Scripts) -> None:
    result = scripts.run(Script("x = bytearray(1 << 30)", memory_bytes=256 << 20))
    assert result.exit_status == 1
    assert "MemoryError" in result.stderr


@pytest.mark.parametrize(
    "source",
    [
        "import socket; socket.create_connection(('127.0.0.1', 80))",
        "open('/etc/passwd').read()",
        "open('/usr/x', 'w')",
        "import os; os.setuid(0)",
    ],
)
def test_a_script_is_in_the_jail(scripts: Scripts, source: str) -> None:
    result = scripts.run(Script(source))
    assert result.exit_status == 1
    assert "Error" in result.stderr


HOSTILE = "import os\nfor fd in range(3, 64):\n    try:\n        os.write(fd, b'{payload}')\n    except OSError:\n        pass\nprint('done')"


@pytest.mark.parametrize(
    "payload", [r"\xff\xff\xff\x7fF", r"\x04\0\0\0F\0\0\0\0", r"\0\0\0\0D", "rubbish" * 9]
)
def test_bytes_that_are_no_file_harm_nobody(scripts: Scripts, payload: str) -> None:
    scripts.run(Script(HOSTILE.replace("{payload}", payload)))
    assert told(scripts.run(Script("print('next')"))) == ("next\n", "", 0)


def test_what_a_script_leaves_running_ends_with_it(scripts: Scripts) -> None:
    source = "import os, time\nif not os.fork():\n    os.setsid(); os.closerange(0, 64); time.sleep(60)\nprint('parent')"
    assert told(scripts.run(Script(source))) == ("parent\n", "", 0)


def test_who_cannot_wait_is_told(scripts: Scripts) -> None:
    thread = threading.Thread(target=scripts.run, args=(Script("import time; time.sleep(1)"),))
    thread.start()
    time.sleep(0.3)
    with pytest.raises(SaturatedError, match=r"busy for 0\.1 s"):
        scripts.run(Script("print(1)"), wait_s=0.1)
    thread.join()
    assert scripts.run(Script("print(1)"), wait_s=5).stdout == "1\n"
