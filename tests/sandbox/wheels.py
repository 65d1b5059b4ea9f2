"""Tiny wheels and bundles of them, made on the spot and without a network."""

import sysconfig
import zipfile
from pathlib import Path

from sandbox.packages.build import build_bundle
from sandbox.packages.bundle import PackageBundle

__all__ = ["built", "foreign_tag", "make_wheel", "requirements"]

# What a program may ask the package: a constant, data beside the module, threads, a writable folder.
_TINY = """
import importlib.resources, os, tempfile, threading

ANSWER = 42


def data():
    return importlib.resources.files("tiny").joinpath("data.txt").read_text()


def add(a, b):
    found = []
    threads = [threading.Thread(target=found.append, args=(each,)) for each in (a, b)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(found)


def scratch():
    with tempfile.NamedTemporaryFile("w+") as file:
        file.write("kept")
        file.seek(0)
        return file.read()
"""


def make_wheel(
    folder: Path, name: str = "tiny", version: str = "1.0", tag: str = "py3-none-any", source: str = _TINY
) -> Path:
    """Write a wheel of one package with one module, a data file and a script; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}/__init__.py": source,
        f"{name}/data.txt": "some data\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: {tag}\n",
        f"{info}/entry_points.txt": f"[console_scripts]\n{name} = {name}:data\n",
    }
    record = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    path = folder / f"{name}-{version}-{tag}.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for inside, text in (files | {f"{info}/RECORD": record}).items():
            wheel.writestr(zipfile.ZipInfo(inside, (2020, 1, 1, 0, 0, 0)), text)
    return path


def requirements(folder: Path, *lines: str) -> Path:
    """Write a requirements file that finds wheels beside it alone."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "requirements.txt"
    path.write_text(f"--no-index\n--find-links {folder}\n" + "".join(f"{line}\n" for line in lines))
    return path


def built(folder: Path, name: str = "tiny-bundle", source: str = _TINY) -> PackageBundle:
    """Build a bundle of one tiny package where the user's bundles lie, and return it."""
    make_wheel(folder, source=source)
    return build_bundle(name, requirements(folder, "tiny==1.0"))


def foreign_tag() -> str:
    """Return a wheel's tag that this interpreter does not take."""
    other = "linux_s390x" if "x86_64" in sysconfig.get_platform() else "linux_x86_64"
    return f"cp311-cp311-{other}"
