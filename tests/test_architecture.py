"""The rules of imports and layout that a reader relies on."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from sandbox.backends.guest_bundle import UNTRUSTED

_ROOT = Path(__file__).resolve().parents[1]
_OURS = {"evaluator", "sandbox", "predictor"}
_MAY_IMPORT = {"sandbox": {"sandbox"}, "predictor": {"predictor"}, "evaluator": _OURS}
_SOURCES = sorted(path for package in _OURS for path in (_ROOT / package).rglob("*.py"))
# Loaded as text by the interpreter inside the jail, where there is nothing but the standard library.
_UNTRUSTED_SIDE = set(UNTRUSTED)
# What starts often or must start at once, and what it does without: each of these takes a good part of a second.
_LIGHT = {
    "evaluator.cli": {
        "docker",
        "fastapi",
        "numpy",
        "openai",
        "predictor",
        "pydantic",
        "ray",
        "scipy",
        "uvicorn",
    },
    "evaluator.service.runner": {"docker", "fastapi", "numpy", "predictor", "ray", "scipy", "uvicorn"},
    "sandbox": {"docker", "numpy", "pydantic", "sqlalchemy"},
    "predictor": {"matplotlib", "pandas", "scipy.stats"},
}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(_ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def arrows(package: str) -> dict[str, set[str]]:
    """Which modules of the package each of its modules imports, at its top or later, and for types."""
    paths = {name_of(path): path for path in _SOURCES if path.relative_to(_ROOT).parts[0] == package}
    found: dict[str, set[str]] = {name: set() for name in paths}
    for name, path in paths.items():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                named = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                inside = [f"{node.module}.{alias.name}" for alias in node.names]
                named = [each if each in paths else node.module or "" for each in inside]
            else:
                continue
            found[name].update(each for each in named if each in paths and each != name)
    return found


def folder_of(module: str) -> str:
    """The folder or module right below the package that a module belongs to; the package itself is ""."""
    return [*module.split("."), ""][1]


@pytest.mark.parametrize("path", _SOURCES, ids=lambda path: str(path.relative_to(_ROOT)))
def test_imports_go_one_way(path: Path) -> None:
    package = path.relative_to(_ROOT).parts[0]
    ours = {name.split(".")[0] for name in imported(path)} & _OURS
    assert ours <= _MAY_IMPORT[package]


@pytest.mark.parametrize("name", sorted(_UNTRUSTED_SIDE))
def test_the_untrusted_side_needs_only_itself_and_the_standard_library(name: str) -> None:
    ours = {
        module
        for module in imported(_ROOT / "sandbox" / f"{name.replace('.', '/')}.py")
        if module.split(".")[0] in _OURS
    }
    assert ours <= {f"sandbox.{other}" for other in _UNTRUSTED_SIDE}


def test_what_is_forked_for_every_program_loads_little() -> None:
    """Each module of the template costs every program's process: its page tables are copied."""
    text = """
import sys, types
package = sys.modules["sandbox"] = types.ModuleType("sandbox")
package.__path__ = ["sandbox"]
import sandbox.guest.zygote, sandbox.guest.program_process
print(*sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", text], cwd=_ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "sandbox.guest.responder" in loaded
    assert not loaded & {
        "ast",
        "copy",
        "dataclasses",
        "dis",
        "inspect",
        "json",
        "linecache",
        "logging",
        "traceback",
    }
    assert sum(not name.startswith("sandbox") for name in loaded) < 69


@pytest.mark.parametrize("module", _LIGHT)
def test_what_must_start_at_once_imports_nothing_heavy(module: str) -> None:
    command = [sys.executable, "-c", f"import {module}, sys; print(*sys.modules)"]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=True)
    assert module in done.stdout.split()
    assert not _LIGHT[module].intersection(done.stdout.split())


@pytest.mark.parametrize("path", _SOURCES, ids=lambda path: str(path.relative_to(_ROOT)))
def test_every_module_says_what_it_is_for(path: Path) -> None:
    text = path.read_text()
    assert not text.strip() or ast.get_docstring(ast.parse(text)), "no module docstring"


@pytest.mark.parametrize("package", sorted(_OURS))
def test_a_package_opens_with_re_exports_and_nothing_else(package: str) -> None:
    for node in ast.parse((_ROOT / package / "__init__.py").read_text()).body:
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_all = (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id == "__all__"
        )
        assert is_docstring or is_all or isinstance(node, ast.ImportFrom), ast.unparse(node)


def test_no_file_names_a_package_index_or_this_machine() -> None:
    words = ("pypi." + "org", "pythonho" + "sted", "/ro" + "ot/", "/wo" + "rk/")
    texts = [
        path
        for folder in (*_OURS, "tests", "docs", "examples", "benchmarks", "scripts", "requirements", ".ci")
        for path in (_ROOT / folder).rglob("*")
    ]
    found = [
        f"{path.relative_to(_ROOT)}: {word}"
        for path in (*texts, *_ROOT.glob("*.md"), _ROOT / "pyproject.toml")
        if path.is_file() and path.suffix in {".py", ".md", ".toml", ".txt", ".in", "", ".csv"}
        for word in words
        if word in path.read_text()
    ]
    assert not found


# --- evaluator: which folder may import which, from the bottom up; a deferred import counts like any other ---
_EVALUATOR: dict[str, set[str]] = {"errors": set(), "store_location": set()}
_EVALUATOR["files"] = {"errors"}
_EVALUATOR["problems"] = _EVALUATOR["model_card"] = {"errors", "files"}
_EVALUATOR["samples"] = _EVALUATOR["metrics"] = {"errors", "files", "problems"}
_EVALUATOR["executors"] = _EVALUATOR["client"] = {"errors"}
_EVALUATOR["generation"] = {"errors", "files", "problems", "samples"}
# Scoring knows no store and no network.
_EVALUATOR["problem_check"] = {"errors", "files", "problems", "executors"}
_EVALUATOR["scoring"] = {"errors", "files", "problems", "problem_check", "samples", "model_card", "metrics"}
_EVALUATOR["exports"] = _EVALUATOR["scoring"] | {"scoring"}
_EVALUATOR["store"] = _EVALUATOR["exports"] | {"store_location"}
_EVALUATOR["runs"] = _EVALUATOR["store"] | {"store", "executors"}
_EVALUATOR["direct_run"] = _EVALUATOR["scoring"] | {"scoring", "executors"}
_EVALUATOR["evaluate"] = _EVALUATOR["runs"] | {"runs", "direct_run"}
_EVALUATOR["rewards"] = _EVALUATOR["scoring"] | {"scoring"}
_EVALUATOR["service"] = _EVALUATOR["runs"] | {"runs", "exports", "rewards"}
_EVALUATOR["web"] = _EVALUATOR["service"] | {"service"}
_EVALUATOR["app"] = _EVALUATOR["web"] | {"web"}
_EVALUATOR["selftest"] = {"errors", "problems"}
_EVALUATOR["integrations"] = _EVALUATOR["speed"] = _EVALUATOR["exports"] | {"evaluate", "rewards"}
_EVALUATOR["bridges"] = {"integrations"}  # the former name
_EVALUATOR["cli"] = set(_EVALUATOR) - {"bridges", "web"}
_EVALUATOR[""] = {
    "client",
    "errors",
    "evaluate",
    "generation",
    "metrics",
    "model_card",
    "problems",
    "rewards",
    "samples",
    "scoring",
}


@pytest.mark.parametrize("module", sorted(arrows("evaluator")))
def test_a_folder_of_the_evaluator_imports_only_what_is_below_it(module: str) -> None:
    folder = folder_of(module)
    found = {folder_of(other) for other in arrows("evaluator")[module]} - {folder}
    assert found <= _EVALUATOR[folder]


@pytest.mark.parametrize("package", ["evaluator"])
def test_no_modules_import_each_other_in_a_circle(package: str) -> None:
    left = arrows(package)
    while free := {module for module, others in left.items() if not others & left.keys()}:
        left = {module: others for module, others in left.items() if module not in free}
    # What is left is in a circle, or imports something that is.
    assert not left


# predictor: a folder or module, and the others of the package that it may import.
_PREDICTOR_LAYERS: dict[str, set[str]] = {
    "arrays": set(),
    "errors": set(),
    "scores": set(),
    "data": set(),
    "presentation": {"errors"},
    "estimators": {"arrays"},
    "tables": {"errors", "presentation"},
    "problem_buckets": {"estimators", "tables"},
    "laws": {"arrays", "errors", "estimators", "tables"},
    "methods": {"arrays", "errors", "estimators", "laws", "problem_buckets", "tables"},
    "forecasts": {
        "arrays", "errors", "estimators", "laws", "methods", "presentation", "problem_buckets", "scores",
        "tables",
    },
    "comparison": {"arrays", "errors", "estimators", "forecasts", "laws", "presentation", "scores", "tables"},
    "backtest": {
        "arrays", "errors", "estimators", "forecasts", "methods", "presentation", "problem_buckets", "scores",
        "tables",
    },
    "sampling_plan": {"arrays", "errors", "estimators", "forecasts", "laws", "tables"},
    "plots": {
        "arrays", "backtest", "comparison", "data", "errors", "estimators", "forecasts", "laws", "methods",
        "problem_buckets", "scores", "tables",
    },
    "registry": {
        "comparison", "errors", "estimators", "forecasts", "methods", "presentation", "scores", "tables",
    },
}  # fmt: skip


def predictor_layer(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


@pytest.mark.parametrize("layer", _PREDICTOR_LAYERS)
def test_predictor_layers_import_only_what_lies_below(layer: str) -> None:
    folder = _ROOT / "predictor" / layer
    files = list(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]
    found = {
        predictor_layer(name) for path in files for name in imported(path) if name.startswith("predictor")
    }
    assert found <= _PREDICTOR_LAYERS[layer] | {layer}


def test_every_module_of_predictor_has_a_layer_and_no_layer_reaches_itself() -> None:
    there = {
        path.stem
        for path in (_ROOT / "predictor").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert there - {"__init__"} == set(_PREDICTOR_LAYERS)
    TopologicalSorter(_PREDICTOR_LAYERS).prepare()


def test_no_import_circle_in_predictor() -> None:
    modules = {
        ".".join(path.relative_to(_ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in (_ROOT / "predictor").rglob("*.py")
    }
    arrows = {
        name: {other for other in imported(path) if other in modules and other != "predictor"}
        for name, path in modules.items()
    }
    TopologicalSorter(arrows).prepare()  # raises CycleError


# --- sandbox: which folder may import which; a deferred import counts like any other ---
_SANDBOX_ROOT = {
    "", "check_kinds", "closing", "errors", "evaluated_answers", "leanness", "options", "program", "source_hash", "stdio_check",
    "unittest_check",
}  # fmt: skip
_SANDBOX_FOLDERS = {
    "host": {"host", "backends", "packages", "wire", "jail"} | _SANDBOX_ROOT,
    "worker": {"worker", "judge", "wire", "jail"} | _SANDBOX_ROOT,
    "judge": {"judge", "wire"} | _SANDBOX_ROOT,
    "guest": {"guest", "wire", "jail"},  # untrusted: nothing that only the trusted side loads
    "wire": {"wire"},
    "jail": {"jail", "errors"},
    "packages": {"packages", "jail", "errors"},
    "backends": {"backends", "packages", "jail"} | _SANDBOX_ROOT,
    "selftest": {"selftest"} | _SANDBOX_ROOT,
}
_SANDBOX_EXTRA = {"wire/host_messages.py": {"check_kinds", "program"}}  # never sent to a guest


@pytest.mark.parametrize("folder", sorted(_SANDBOX_FOLDERS))
def test_a_folder_of_the_sandbox_imports_only_what_its_trust_allows(folder: str) -> None:
    for path in (_ROOT / "sandbox" / folder).rglob("*.py"):
        extra = _SANDBOX_EXTRA.get(str(path.relative_to(_ROOT / "sandbox")), set())
        folders = {[*name.split("."), ""][1] for name in imported(path) if name.split(".")[0] == "sandbox"}
        assert folders <= _SANDBOX_FOLDERS[folder] | extra, path


def test_every_folder_of_the_sandbox_has_its_rule() -> None:
    folders = {path.parent.name for path in (_ROOT / "sandbox").glob("*/__init__.py")}
    assert folders == set(_SANDBOX_FOLDERS)
    modules = {path.stem for path in (_ROOT / "sandbox").glob("*.py")} - {"__init__"}
    assert modules <= _SANDBOX_ROOT
