"""The container engine: what a container is made of, what happens when it dies, what is said when it is missing."""

import contextlib
import os
import socket
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests_sandbox import opened_at, program, run_one

from sandbox import IsolationError, Limits, Sandbox, Verdict, open_sandbox
from sandbox.backends.docker import client as engine
from sandbox.backends.docker.container import LABEL

pytestmark = pytest.mark.needs("containers")

_ROOT = Path(__file__).resolve().parents[3]
CONTAINED = ["docker", "gvisor"]


@pytest.fixture
def open_level() -> Iterator[Callable[..., Sandbox]]:
    with contextlib.ExitStack() as stack:
        yield lambda level, **arguments: stack.enter_context(opened_at(level, **arguments))


@pytest.fixture(params=CONTAINED)
def level(request: pytest.FixtureRequest) -> str:
    """A level that this machine gives; one that it does not is skipped aloud, and in CI it fails."""
    opened_at(str(request.param)).close()
    return str(request.param)


def containers() -> list[str]:
    """Return the ids of this process's containers."""
    client = engine.connect()
    with contextlib.closing(client):
        found = client.api.containers(filters={"label": f"{LABEL}={os.getpid()}"}, all=True)
    return [str(each["Id"]) for each in found]


def test_processes_that_together_end_their_container_are_the_programs_failure(
    open_level: Callable[..., Sandbox],
) -> None:
    greedy = program("""
import os, time
for _ in range(12):
    if os.fork() == 0:
        held = b"x" * (400 << 20)
        time.sleep(9)
time.sleep(5)
return a + b
""")
    box = open_level("gvisor", workers=1, limits=Limits(cpu_s=2.0, memory_bytes=512 << 20))
    outcomes = list(box.run([greedy, program("return a + b")]))
    assert [outcome.verdict for outcome in outcomes] == [Verdict.OUT_OF_MEMORY, Verdict.PASSED]
    assert outcomes[0].attempts == 2


def test_a_killed_container_loses_no_program_and_invents_no_verdict(
    open_level: Callable[..., Sandbox], level: str
) -> None:
    slow, wrong = program("import time; time.sleep(0.05); return a + b"), program("return a - b")
    before = set(containers())
    box = open_level(level, workers=2)
    client = engine.connect()
    seen = []
    with contextlib.closing(client):
        for n, outcome in enumerate(box.run([slow, wrong] * 15)):
            seen.append(outcome.verdict)
            if n in {3, 13}:
                victim = next(iter(set(containers()) - before))
                before.add(victim)  # it may be listed for a while
                client.api.kill(victim)
    assert seen == [Verdict.PASSED, Verdict.WRONG_ANSWER] * 15


def test_closing_leaves_no_container_no_process_and_no_folder(
    open_level: Callable[..., Sandbox], level: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = set(containers())
    box = open_level(level)
    (made,) = set(containers()) - before
    assert run_one(box, program("return a + b")).verdict is Verdict.PASSED
    box.close()
    assert made not in containers()
    assert list(tmp_path.iterdir()) == []


def test_a_container_is_made_as_hard_as_promised(open_level: Callable[..., Sandbox], level: str) -> None:
    before = set(containers())
    limits = Limits(memory_bytes=1 << 30, processes=16)
    open_level(level, limits=limits)
    (container,) = set(containers()) - before
    client = engine.connect()
    with contextlib.closing(client):
        told = client.api.inspect_container(container)
    host, config = told["HostConfig"], told["Config"]
    assert config["User"] == "65534:65534"
    assert host["NetworkMode"] == "none"
    assert host["ReadonlyRootfs"] is True
    assert host["CapDrop"] == ["ALL"]
    assert not host["CapAdd"]
    assert host["Privileged"] is False
    assert host["IpcMode"] == "none"
    counted = {each["Name"]: each["Hard"] for each in host["Ulimits"]}
    # gVisor's own threads are counted with the engine's limit, the programs' with its own.
    assert 16 <= (counted["nproc"] if level == "gvisor" else host["PidsLimit"]) <= 24
    assert host["PidsLimit"] < 2048
    assert limits.memory_bytes < host["Memory"] == host["MemorySwap"]
    assert host["NanoCpus"] > 0
    assert "noexec" in host["Tmpfs"]["/tmp"]
    assert "size=" in host["Tmpfs"]["/tmp"]
    assert any(option.startswith("no-new-privileges") for option in host["SecurityOpt"])
    assert any(option.startswith("seccomp={") for option in host["SecurityOpt"])
    assert [mount for mount in told["Mounts"] if mount["RW"]] == []
    assert host["AutoRemove"] is True


def test_a_host_that_is_killed_leaves_no_container(tmp_path: Path) -> None:
    script = tmp_path / "host.py"
    script.write_text(
        textwrap.dedent("""
        from sandbox import Check, Program, open_sandbox
        check = Check("f", "def check(candidate): assert candidate()")
        with open_sandbox(workers=1, backend="docker") as box:
            print("open", flush=True)
            list(box.run([Program("def f():\\n    while True: pass\\n", check)] * 100))
        """)
    )
    with opened_at("docker"):
        pass
    host = subprocess.Popen(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert host.stdout is not None
    assert host.stdout.readline() == b"open\n"
    host.kill()
    host.communicate()
    client = engine.connect()
    with contextlib.closing(client):
        name = {"label": f"{LABEL}={host.pid}"}
        for container in client.api.containers(filters=name, all=True):
            with contextlib.suppress(Exception):
                client.api.wait(container["Id"], condition="removed", timeout=20)
        assert client.api.containers(filters=name, all=True) == []


def test_no_engine_is_one_line_that_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock")
    with pytest.raises(IsolationError, match=r"^docker: engine: nothing answers at .*start it") as caught:
        open_sandbox(backend="docker")
    assert "\n" not in str(caught.value)


def test_a_missing_client_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "docker", None)
    with pytest.raises(IsolationError, match=r"docker SDK: not installed; .*passlaw\[docker\]"):
        open_sandbox(backend="docker")


def test_a_socket_that_may_not_be_used_is_named(tmp_path: Path) -> None:
    path = tmp_path / "docker.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        path.chmod(0o000)
        if os.getuid() == 0:
            os.chown(path, 1, 1)
            tmp_path.chmod(0o755)
        code = (
            "from sandbox.jail import privileges; privileges.drop_capabilities()\n"
            "from sandbox import open_sandbox\n"
            "try: open_sandbox(backend='docker')\nexcept Exception as error: print(error)\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": str(_ROOT), "DOCKER_HOST": f"unix://{path}"},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.stdout.startswith(f"docker: engine: no permission to use {path}; join its group"), done


def test_a_missing_image_is_named_with_how_to_build_it() -> None:
    with opened_at("docker"):
        pass
    with pytest.raises(IsolationError, match=r"no image 'passlaw-nothing'.*docker build --target sandbox"):
        open_sandbox(backend="docker", image="passlaw-nothing")


def test_a_missing_runtime_is_named_with_how_to_register_it() -> None:
    with opened_at("docker"):
        client = engine.connect()
    with contextlib.closing(client), pytest.raises(IsolationError, match=r"no runtime 'other'.*daemon\.json"):
        engine.require_runtime(client, "other")


def test_a_backend_is_never_exchanged_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock")
    for asked in ({"backend": "docker"}, {"isolation": "docker"}, {"isolation": "gvisor"}):
        with pytest.raises(IsolationError, match="engine"):
            open_sandbox(**asked)
    with pytest.raises(IsolationError, match="namespace backend cannot give 'gvisor'"):
        open_sandbox(backend="namespace", isolation="gvisor")


def test_the_sandbox_works_inside_an_ordinary_container_without_privileges() -> None:
    """No namespaces there: it says so, takes the level that is left, and the programs still reach nothing."""
    with opened_at("docker"):
        client = engine.connect()
    script = textwrap.dedent("""
        from sandbox import Limits, open_sandbox
        from sandbox.selftest.attacks import HONEST, load_attacks
        attacks = load_attacks()
        with open_sandbox(workers=1, limits=Limits(cpu_s=0.3)) as box:
            outcomes = list(box.run(each for attack in attacks for each in (attack.program, HONEST)))
            print(box.description.isolation, *box.description.passed_over, sep="\\n")
        print([attack.name for attack, outcome in zip(attacks, outcomes[::2]) if not attack.held(outcome)])
        print({outcome.verdict.value for outcome in outcomes[1::2]})
    """)
    with contextlib.closing(client):
        said = client.containers.run(
            engine.IMAGE,
            ["-c", script],
            remove=True,
            network_mode="none",
            user="1000:1000",
            volumes={str(_ROOT / "sandbox"): {"bind": "/src/sandbox", "mode": "ro"}},
            environment={"PYTHONPATH": "/src"},
        )
    level, namespaces, docker, broken, honest = said.decode().splitlines()
    assert level == "landlock"
    assert namespaces.startswith(
        "namespaces: this machine does not give isolation by namespaces: user namespace"
    )
    assert docker.startswith("docker: docker SDK: not installed")
    assert (broken, honest) == ("[]", "{'passed'}")
