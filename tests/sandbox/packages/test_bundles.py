"""Building, finding, listing and removing bundles, and noticing that one is not what was built."""

import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest
from wheels import built, foreign_tag, make_wheel, requirements

from sandbox import PackagesError, open_sandbox
from sandbox.jail.interpreter import describe_interpreter
from sandbox.packages.build import build_bundle
from sandbox.packages.bundle import PackageBundle
from sandbox.packages.libraries import find_libraries, names_wanted
from sandbox.packages.shelf import bundles_folder, find_bundle, list_bundles, remove_bundle


@pytest.fixture(autouse=True)
def own_shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One built bundle, to be copied: each build starts pip three times."""
    folder = tmp_path_factory.mktemp("original")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(folder / "data"))
        return built(folder / "wheels").folder


@pytest.fixture
def bundle(original: Path) -> PackageBundle:
    shutil.copytree(original, bundles_folder() / "tiny-bundle")
    return find_bundle("tiny-bundle")


def test_a_bundle_says_what_is_in_it(bundle: PackageBundle, original: Path) -> None:
    wheel = original.parents[3] / "wheels" / "tiny-1.0-py3-none-any.whl"
    ((name, version, file, digest),) = bundle.packages
    assert (name, version, file) == ("tiny", "1.0", wheel.name)
    assert digest == hashlib.sha256(wheel.read_bytes()).hexdigest()
    assert bundle.platform == describe_interpreter().platform
    assert bundle.described()["packages"] == ["tiny==1.0"]
    assert (bundle.site / "tiny" / "data.txt").read_text() == "some data\n"
    bundle.require_unchanged()
    bundle.require_fit(describe_interpreter())


def test_a_bundle_holds_no_scripts_and_is_compiled(bundle: PackageBundle) -> None:
    assert not (bundle.site / "bin").exists()
    assert list(bundle.site.glob("tiny/__pycache__/*.pyc"))
    assert not list(bundle.folder.parent.glob(".*"))


def test_the_same_wheels_make_the_same_hash(tmp_path: Path, bundle: PackageBundle) -> None:
    again = built(tmp_path / "elsewhere", "again")
    assert again.sha256 == bundle.sha256


@pytest.mark.parametrize("how", ["changed", "added", "removed", "compiled", "linked"])
def test_a_bundle_that_was_tampered_with_is_refused(bundle: PackageBundle, how: str) -> None:
    module = bundle.site / "tiny" / "__init__.py"
    if how == "changed":
        module.write_text(module.read_text().replace("42", "43"))
    elif how == "added":
        (bundle.site / "math.py").write_text("")
    elif how == "removed":
        module.unlink()
    elif how == "compiled":
        (compiled,) = bundle.site.glob("tiny/__pycache__/*.pyc")
        compiled.write_bytes(compiled.read_bytes() + b"\0")
    else:
        module.unlink()
        module.symlink_to("/etc/hostname")
    with pytest.raises(PackagesError, match=r"not those that were built|neither a file nor a folder"):
        open_sandbox(1, packages="tiny-bundle")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sha256": "0" * 64}, "other wheels than its hash"),
        ({"packages": []}, "other wheels than its hash"),
        ({"format": "else"}, "cannot be read"),
        ({"packages": None}, "cannot be read"),
    ],
)
def test_a_damaged_description_is_refused(
    bundle: PackageBundle, change: dict[str, object], said: str
) -> None:
    file = bundle.folder / "bundle.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(PackagesError, match=said):
        find_bundle("tiny-bundle")
    assert [type(each) for each in list_bundles()] == [PackagesError]
    remove_bundle("tiny-bundle")
    assert list_bundles() == []


def test_a_bundle_for_another_interpreter_is_refused(bundle: PackageBundle) -> None:
    file = bundle.folder / "bundle.json"
    plain = json.loads(file.read_text())
    lines = ["cpython-27-linux-vax", *(f"{each['wheel']} {each['sha256']}" for each in plain["packages"])]
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    file.write_text(json.dumps(plain | {"platform": lines[0], "python": "2.7.1", "sha256": digest}))
    with pytest.raises(PackagesError, match=r"were built for Python 2\.7\.1 .*build them again here"):
        open_sandbox(1, packages="tiny-bundle")


def test_a_name_that_is_taken_or_unknown_is_one_sentence(tmp_path: Path, bundle: PackageBundle) -> None:
    wanted = requirements(tmp_path, "tiny")
    with pytest.raises(PackagesError, match="already; remove it"):
        build_bundle(bundle.name, wanted)
    with pytest.raises(PackagesError, match=r"no bundle of packages 'other' \(there are tiny-bundle\)"):
        open_sandbox(1, packages="other")
    for name in ("../x", "", ".hidden", "a/b", "x" * 65):
        with pytest.raises(PackagesError, match="cannot name a bundle"):
            build_bundle(name, wanted)
        with pytest.raises(PackagesError, match="cannot name a bundle"):
            remove_bundle(name)
    with pytest.raises(PackagesError, match="no bundle of packages 'other'"):
        remove_bundle("other")


def test_what_cannot_be_built_is_one_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    make_wheel(tmp_path, "elsewhere", tag=foreign_tag())
    make_wheel(tmp_path)
    wrong = "tiny==1.0 --hash=sha256:" + "0" * 64
    for lines, said in {
        ("nowhere==1",): r"nowhere==1: there is no wheel for Python",
        ("elsewhere",): r"elsewhere: there is no wheel for Python",
        (wrong,): r"tiny==1.0: its hash is not the one in the requirements file",
        ("a b c",): r"pip failed: Invalid requirement",
        (): "no packages in it",
    }.items():
        with pytest.raises(PackagesError, match=said) as raised:
            build_bundle("new", requirements(tmp_path, *lines))
        assert "\n" not in str(raised.value)
        assert os.listdir(bundles_folder()) == []
    with pytest.raises(PackagesError, match="no such file"):
        build_bundle("new", tmp_path / "absent.txt")


def test_what_a_killed_build_left_is_swept(tmp_path: Path, bundle: PackageBundle) -> None:
    left = bundle.folder.parent / ".building-999999999-x"
    living = bundle.folder.parent / f".building-{os.getppid()}-y"
    left.mkdir()
    living.mkdir()
    with pytest.raises(PackagesError):
        build_bundle("new", requirements(tmp_path, "nowhere"))
    assert not left.exists()
    assert living.exists()


def test_libraries_are_read_off_a_compiled_file() -> None:
    interpreter = describe_interpreter()
    wanted = names_wanted(Path(interpreter.executable))
    assert any(name.startswith("libc.so") for name in wanted)
    found = find_libraries(wanted, [])
    assert any(Path(path).name.startswith("libc") for path in found)
    assert names_wanted(Path(__file__)) == set()
    assert find_libraries(["libof_nobody.so.1"], []) == []
