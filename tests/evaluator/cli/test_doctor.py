"""`passlaw doctor` and `passlaw selftest`, on the machine as it is."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner, Result

from evaluator.cli import main
from sandbox.jail import probe
from sandbox.program import Program
from sandbox.selftest.attacks import HONEST, load_attacks


def passlaw(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_doctor_shows_each_probe_and_each_level_with_what_it_means() -> None:
    done = passlaw("doctor", "--json")
    told = json.loads(done.stdout)
    assert [each["name"] for each in told["levels"]] == ["landlock", "namespaces", "docker", "gvisor"]
    assert {each["name"] for each in told["probes"]} >= {
        "user namespaces",
        "seccomp",
        "landlock",
        "control groups",
    }
    for each in told["probes"]:
        assert each["found"]
        assert each["meaning"]
        assert each["ok"] or each["remedy"], each
    for each in told["levels"]:
        assert each["found"]
        assert each["meaning"]
    works = [each["name"] for each in told["levels"] if each["ok"]]
    assert done.exit_code == (0 if works else 1)
    assert told["default"] in {*works, None}


def test_doctor_says_how_to_get_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent.sock")
    done = passlaw("doctor")
    assert "NO   docker: engine: nothing answers at unix:///nonexistent.sock" in done.stdout
    assert "apt-get install docker.io" in done.stdout


def test_every_probe_leaves_the_machine_as_it_was() -> None:
    first, again = ([each() for each in probe.PROBES] for _ in range(2))
    assert [(each.name, each.ok) for each in first] == [(each.name, each.ok) for each in again]


@pytest.mark.slow
def test_selftest_proves_that_the_sandbox_holds() -> None:
    done = passlaw("selftest", "--json", "--workers", "2")
    told = json.loads(done.stdout)
    assert done.exit_code == 0, told
    assert told["ok"] is True
    assert told["isolation"] in {"landlock", "namespaces", "docker", "gvisor"}
    assert told["seconds"] < 60
    assert [finding["of"] for finding in told["findings"][:2]] == [164, 164]
    assert all(finding["kept"] == finding["of"] for finding in told["findings"])


def test_selftest_fails_when_anything_is_not_as_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    right = [replace(load_attacks()[0], name="right-after-all", program=HONEST)]
    monkeypatch.setattr("evaluator.selftest.load_attacks", lambda: right)
    done = passlaw("selftest", "--workers", "2")
    assert done.exit_code == 1
    assert "BROKEN  0/1  wrong programs that cheat do not pass" in done.stdout
    assert "right-after-all" in done.stdout
    assert "do not trust scores made on this machine" in done.stderr


def test_selftest_refuses_what_this_machine_does_not_give(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent.sock")
    done = passlaw("selftest", "--isolation", "docker")
    assert done.exit_code == 2
    assert done.stderr.startswith("passlaw: docker: engine: nothing answers")
    assert done.stderr.count("\n") == 1


def test_every_attack_is_told_apart_from_an_honest_program() -> None:
    attacks = load_attacks()
    assert len({attack.name for attack in attacks}) == len(attacks) >= 25
    for attack in attacks:
        assert attack.about
        assert isinstance(attack.program, Program)
        compile(attack.program.source, attack.name, "exec")
