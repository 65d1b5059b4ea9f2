"""What programs can do with a bundle, and what they cannot do to it, at each level that takes one."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests_sandbox import ASK, opened_at, run_one
from wheels import built

from sandbox import Check, IsolationError, JudgeMode, Limits, Program, Sandbox, Verdict, open_sandbox
from sandbox.jail.policy import load_policy, with_packages_profile

_TRUE = Check("f", "def check(candidate):\n    assert candidate()\n")


@pytest.fixture(scope="module", autouse=True)
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("shelf")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(folder / "data"))
        built(folder / "wheels")
        yield folder


@pytest.fixture(scope="module", params=["namespaces", "landlock"])
def box(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    limits = Limits(cpu_s=2.0, memory_bytes=256 << 20, processes=16)
    with opened_at(
        str(request.param), limits=limits, execution="dedicated", packages="tiny-bundle"
    ) as opened:
        yield opened


def _asked(box: Sandbox, source: str) -> str:
    outcome = run_one(box, Program(source, ASK))
    return outcome.detail.partition("the last call returned ")[2] or outcome.detail


def test_programs_find_the_packages(box: Sandbox) -> None:
    source = "import tiny\ndef f():\n    return tiny.ANSWER, tiny.data(), tiny.add(1, 2)\n"
    assert _asked(box, source) == repr((42, "some data\n", 3))
    assert _asked(box, "import importlib.metadata as m\ndef f(): return m.version('tiny')\n") == repr("1.0")


def test_an_import_that_is_not_there_is_named_as_such(box: Sandbox) -> None:
    said = _asked(box, "import tiny, numpy\ndef f(): pass\n")
    assert said.endswith("No module named 'numpy' (numpy is not among the packages 'tiny-bundle')")


def test_the_description_says_which_bundle_and_profile(box: Sandbox) -> None:
    about = box.description
    assert about.packages is not None
    assert about.packages["name"] == "tiny-bundle"
    assert about.packages["packages"] == ["tiny==1.0"]
    assert len(str(about.packages["sha256"])) == 64
    assert about.policy_sha256 == with_packages_profile(load_policy()).sha256 != load_policy().sha256


_SPOILING = """
import os, tiny
folder = os.path.dirname(tiny.__file__)
def tried(call):
    try:
        call()
    except OSError as error:
        return None
    return "done"
"""
_WAYS = [
    "open(tiny.__file__, 'a')",
    "open(tiny.__file__, 'r+b')",
    "open(folder + '/new.py', 'w')",
    "os.unlink(tiny.__file__)",
    "os.rename(tiny.__file__, folder + '/other.py')",
    "os.mkdir(folder + '/new')",
    "os.link(tiny.__file__, folder + '/link')",
    "os.symlink('/', folder + '/link')",
    "os.chmod(tiny.__file__, 0o777)",
    "os.utime(tiny.__file__)",
    "os.truncate(tiny.__file__, 0)",
    "os.chown(tiny.__file__, 0, 0)",
    "os.setxattr(tiny.__file__, 'user.x', b'x')",
    "__import__('fcntl').ioctl(os.open(tiny.__file__, 0), 0x40086602, bytes(8))",
    "__import__('mmap').mmap(os.open(tiny.__file__, 0), 0)[0:1].__setitem__(0, 1)",
]


def test_no_program_can_change_a_bundle(box: Sandbox, shelf: Path) -> None:
    calls = ", ".join(f"tried(lambda: {way})" for way in _WAYS[:-1])
    source = f"{_SPOILING}\ndef f():\n    return [{calls}]\n"
    assert _asked(box, source) == repr([None] * (len(_WAYS) - 1))
    shown = "mmap.mmap(os.open(tiny.__file__, 0), 0, prot=mmap.PROT_READ | mmap.PROT_WRITE)"
    assert "PermissionError" in _asked(box, f"import mmap, os, tiny\ndef f():\n    {shown}\n")
    (site,) = (shelf / "data").glob("passlaw/packages/tiny-bundle/site/tiny")
    assert sorted(os.listdir(site)) == ["__init__.py", "__pycache__", "data.txt"]


def test_what_one_program_does_to_a_package_the_next_does_not_see(box: Sandbox) -> None:
    first = "import tiny, sys\ntiny.ANSWER = 43\nsys.path.insert(0, '/tmp')\ndef f(): return True\n"
    second = "import tiny, sys\ndef f(): return tiny.ANSWER == 42 and '/tmp' not in sys.path\n"
    outcomes = list(box.run([Program(first, _TRUE), Program(second, _TRUE)]))
    assert [outcome.verdict for outcome in outcomes] == [Verdict.PASSED] * 2


def test_nothing_but_the_bundle_is_added_to_what_can_be_seen(box: Sandbox) -> None:
    """Neither the folder of bundles, nor the user's home, nor site-packages."""
    source = """
import os, tiny
def seen(path):
    try:
        return os.listdir(path)
    except OSError:
        return None
def f():
    site = os.path.dirname(os.path.dirname(tiny.__file__))
    return seen(os.path.dirname(site)), seen("/root"), seen("/home")
"""
    assert _asked(box, source) == repr((None, None, None))
    assert "No module named 'pytest'" in _asked(box, "import pytest\ndef f(): pass\n")


def test_threads_end_with_their_program_and_count_for_its_limits(box: Sandbox) -> None:
    endless = """
import threading, time
def f():
    started = 0
    try:
        for started in range(500):
            threading.Thread(target=lambda: [None for _ in iter(int, 1)], daemon=True).start()
    except RuntimeError:
        pass
    return started
"""
    hungry = """
import threading
def f():
    held, failed = [], []
    def work():
        try:
            held.append(bytearray(100 << 20))
        except MemoryError:
            failed.append(1)
    threads = [threading.Thread(target=work) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return len(failed) >= 2
"""
    quiet = (
        "import threading, time\ndef f(): return threading.active_count() == 1 and time.process_time() < 1\n"
    )
    timed, memory, after = box.run([Program(endless, _TRUE), Program(hungry, _TRUE), Program(quiet, _TRUE)])
    assert timed.verdict in {Verdict.TIMED_OUT, Verdict.PASSED}  # it starts as many as it may, and ends
    assert memory.verdict is Verdict.PASSED, memory.detail
    assert (after.verdict, after.attempts) == (Verdict.PASSED, 1)


def test_threads_do_not_stretch_the_cpu_time(box: Sandbox) -> None:
    source = """
import threading
def f():
    threads = [threading.Thread(target=lambda: sum(range(10**12))) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
"""
    outcome = run_one(box, Program(source, _TRUE))
    assert outcome.verdict is Verdict.TIMED_OUT
    assert outcome.cpu_s < 5


def test_a_private_writable_folder_is_there_and_empty_for_the_next() -> None:
    source = "import os, tiny\ndef f():\n    before = os.listdir('/tmp')\n    open('/tmp/x', 'w').close()\n    return before == [] and tiny.scratch() == 'kept'\n"
    with opened_at("namespaces", packages="tiny-bundle", workers=2) as box:
        outcomes = list(box.run([Program(source, _TRUE)] * 6))
    assert {outcome.verdict for outcome in outcomes} == {Verdict.PASSED}


def test_two_runs_do_not_see_each_others_scratch_folder() -> None:
    leave = Program(
        "import time\ndef f():\n    open('/tmp/secret', 'w').close()\n    time.sleep(0.5)\n    return True\n",
        _TRUE,
    )
    look = Program(
        "import os, time\ndef f():\n    time.sleep(0.2)\n    return os.listdir('/tmp') == []\n", _TRUE
    )
    with opened_at("namespaces", packages="tiny-bundle", workers=2, execution="dedicated") as box:
        outcomes = list(box.run([leave, look] * 3))
    assert {outcome.verdict for outcome in outcomes} == {Verdict.PASSED}


def test_the_judge_does_not_have_the_packages() -> None:
    """A test that imports one is named as the problem's fault, not the program's."""
    check = Check("f", "import tiny\ndef check(candidate):\n    assert candidate() == tiny.ANSWER\n")
    with opened_at("namespaces", packages="tiny-bundle") as box:
        outcome = run_one(box, Program("def f(): return 42\n", check))
    assert outcome.verdict is Verdict.SANDBOX_ERROR
    with opened_at("namespaces", packages="tiny-bundle", judge=JudgeMode.IN_PROCESS) as box:
        assert run_one(box, Program("def f(): return 42\n", check)).verdict is Verdict.PASSED


@pytest.mark.parametrize("level", ["docker", "gvisor"])
def test_a_container_refuses_a_bundle_in_one_sentence(level: str) -> None:
    with pytest.raises(IsolationError, match="takes no bundle of packages"):
        open_sandbox(1, isolation=level, backend="docker", packages="tiny-bundle")


def test_without_packages_nothing_changes() -> None:
    with open_sandbox(1, isolation="namespaces") as box:
        assert box.description.packages is None
        assert box.description.policy_sha256 == load_policy().sha256
        source = "import os, sys\ndef f(): return os.path.isdir('/packages'), '/packages' in sys.path, sorted(os.environ)\n"
        assert _asked(box, source) == repr((False, False, ["HOME", "LANG", "PYTHONHASHSEED"]))


def test_the_second_profile_adds_nothing_that_the_first_forbids_for_safety() -> None:
    first, second = load_policy(), with_packages_profile(load_policy())
    assert set(second.kill) == set(first.kill)
    assert set(second.lean) == set(first.lean)
    forbidden = {
        "socket", "connect", "bind", "sendmsg", "execve", "execveat", "prctl", "memfd_create", "setsockopt",
        "inotify_init1", "process_vm_readv", "mount", "ptrace", "bpf", "io_uring_setup", "splice",
    }  # fmt: skip
    assert not forbidden & {*second.allow, *second.pretend}
    assert {*first.allow} <= {*second.allow}
