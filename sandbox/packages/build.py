"""Build a bundle: pip fetches wheels, their hashes are noted, their contents become one folder.

Only wheels are taken, so nothing of a package runs while the bundle is built. All of it happens in a folder
beside the others, which is renamed when it is complete.
"""

import contextlib
import datetime as dt
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from sandbox.errors import PackagesError
from sandbox.jail.interpreter import Interpreter, describe_interpreter
from sandbox.packages.bundle import FORMAT, Package, PackageBundle, content_sha256, identity_sha256
from sandbox.packages.libraries import libraries_needed
from sandbox.packages.shelf import bundles_folder, find_bundle, require_name

__all__ = ["build_bundle"]

_WHEEL: Final = re.compile(r"(?P<name>[^-]+)-(?P<version>[^-]+)(-\d[^-]*)?-[^-]+-[^-]+-[^-]+\.whl")
_NO_MATCH: Final = re.compile(r"No matching distribution found for (\S+)")
_SCRIPTS: Final = "bin"  # of the packages: they name an interpreter, and nothing in the jail runs them


def build_bundle(
    name: str, requirements: Path, *, python: str = "", tell: Callable[[str], None] = lambda _sentence: None
) -> PackageBundle:
    """Build a bundle and return it.

    Args:
        name: what to call it.
        requirements: a requirements file as pip reads it.
        python: the interpreter that programs run on; empty for the sandbox's own choice, which must have pip
            or be the one that this process runs on.
        tell: called with a sentence when a step begins.

    Raises:
        PackagesError: the name is taken or no name, the file is missing, pip fails (no such package, no wheel
            for this Python, a hash that differs), or the folder cannot be written.
    """
    require_name(name)
    if not requirements.is_file():
        raise PackagesError(f"{requirements}: no such file; give a requirements file as pip reads it")
    folder = bundles_folder() / name
    if folder.exists():
        raise PackagesError(
            f"there is a bundle of packages {name!r} already; remove it (passlaw packages remove {name}), or "
            "choose another name"
        )
    interpreter = describe_interpreter(python)
    with _building(folder) as place:
        tell("pip is fetching wheels")
        packages = _fetch(requirements, place / "wheels", interpreter)
        tell(f"pip is unpacking {len(packages)} wheels")
        _unpack(place / "wheels", place / "site", interpreter)
        _drop_scripts(place / "site")
        tell("compiling and hashing")
        _compile(place / "site", interpreter)
        content, size = content_sha256(place / "site", name)
        bundle = PackageBundle(
            name=name,
            folder=folder,
            sha256=identity_sha256(packages, interpreter.platform),
            content_sha256=content,
            python=interpreter.version,
            platform=interpreter.platform,
            packages=packages,
            libraries=libraries_needed(place / "site"),
            bytes=size,
            created=dt.datetime.now(dt.UTC).date().isoformat(),
        )
        shutil.rmtree(place / "wheels")
        text = requirements.read_text(encoding="utf-8", errors="replace")
        plain = {"format": FORMAT, "requirements": text} | bundle.as_dict()
        del plain["folder"], plain["name"]
        (place / "bundle.json").write_text(json.dumps(plain, indent=1) + "\n")
        try:
            place.rename(folder)
        except OSError:
            raise PackagesError(f"another process has built packages {name!r} meanwhile; use those") from None
    return find_bundle(name)


@contextlib.contextmanager
def _building(folder: Path) -> Iterator[Path]:
    """Give a folder beside the final one; it is gone at the end unless it was renamed."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _sweep(folder.parent)
        place = Path(tempfile.mkdtemp(prefix=f".building-{os.getpid()}-", dir=folder.parent))
        place.chmod(0o755)
    except OSError as error:
        raise PackagesError(f"{folder.parent}: cannot be written: {error.strerror}") from None
    try:
        yield place
    except OSError as error:
        raise PackagesError(
            f"packages {folder.name!r}: {error.strerror or error} ({error.filename})"
        ) from error
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _sweep(parent: Path) -> None:
    """Remove what builds and removals whose process is gone have left behind."""
    for left in [*parent.glob(".building-*-*"), *parent.glob(".removing-*-*")]:
        pid = left.name.split("-")[1]
        if pid.isdecimal() and not Path(f"/proc/{pid}").exists():
            shutil.rmtree(left, ignore_errors=True)


def _fetch(requirements: Path, wheels: Path, interpreter: Interpreter) -> tuple[Package, ...]:
    """Have pip fetch wheels; return what they are."""
    _pip(
        interpreter,
        "download",
        "--only-binary",
        ":all:",
        "--dest",
        str(wheels),
        "--requirement",
        str(requirements.absolute()),
    )
    found = []
    for wheel in sorted(wheels.glob("*.whl") if wheels.is_dir() else ()):
        named = _WHEEL.fullmatch(wheel.name)
        if named is None:
            raise PackagesError(f"{wheel.name}: not the name of a wheel; leave it out of the requirements")
        name = re.sub(r"[-_.]+", "-", named["name"]).lower()
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        found.append(Package(name, named["version"], wheel.name, digest))
    if not found:
        raise PackagesError(f"{requirements}: no packages in it; name one a line, such as numpy==1.26.4")
    return tuple(found)


def _unpack(wheels: Path, site: Path, interpreter: Interpreter) -> None:
    files = [str(wheel) for wheel in sorted(wheels.glob("*.whl"))]
    _pip(interpreter, "install", "--no-deps", "--no-index", "--no-compile", "--target", str(site), *files)


def _drop_scripts(site: Path) -> None:
    shutil.rmtree(site / _SCRIPTS, ignore_errors=True)


def _compile(site: Path, interpreter: Interpreter) -> None:
    """Compile the modules, so that no program has to; what does not compile is left as it is."""
    command = [
        interpreter.executable, "-I", "-S", "-m", "compileall", "-q", "-q", "-j", "0",
        "-s", str(site), "-p", "/packages", "--invalidation-mode", "unchecked-hash", str(site),
    ]  # fmt: skip
    subprocess.run(command, capture_output=True, check=False, env={})  # noqa: S603 - the interpreter programs run on


def _pip(interpreter: Interpreter, *arguments: str) -> None:
    """Run pip for an interpreter; raises `PackagesError` with its own last word."""
    python = _python_with_pip(interpreter)
    done = _run(
        python, "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet", "--no-color", *arguments
    )
    if done.returncode:
        raise PackagesError(_complaint(done.stderr, interpreter))


def _python_with_pip(interpreter: Interpreter) -> str:
    """Return an interpreter of the same kind that has pip."""
    here = describe_interpreter(sys.executable)
    kind = (here.platform, here.version.rpartition(".")[0])
    same = kind == (interpreter.platform, interpreter.version.rpartition(".")[0])
    for python in (*([sys.executable] if same else []), interpreter.executable):
        if _run(python, "-m", "pip", "--version").returncode == 0:
            return python
    raise PackagesError(
        f"pip is not installed for Python {interpreter.version} ({interpreter.executable}); install it there "
        f"({interpreter.executable} -m ensurepip)"
    )


def _run(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)  # noqa: S603 - pip


def _complaint(errors: str, interpreter: Interpreter) -> str:
    """Return in one sentence why pip failed."""
    if lacking := _NO_MATCH.search(errors):
        here = f"Python {interpreter.version} ({interpreter.platform})"
        return (
            f"{lacking[1]}: there is no wheel for {here}, and a bundle takes wheels alone; correct the "
            "requirement, or make the wheel (pip wheel) and name its folder with --find-links in the "
            "requirements file"
        )
    lines = [
        line.removeprefix("ERROR: ").strip() for line in errors.splitlines() if line.startswith("ERROR:")
    ]
    if any("DO NOT MATCH THE HASHES" in line for line in lines):
        wanted = re.search(r"^\s+(\S+) from ", errors, re.MULTILINE)
        what = wanted[1] if wanted else "a package"
        return f"{what}: its hash is not the one in the requirements file; nothing was built"
    told = lines[-1] if lines else (errors.strip().splitlines() or ["it said nothing"])[-1]
    return f"pip failed: {told[:500]}"
