import gzip
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from evaluator.problems import ProblemSet, load_problems
from tests.databases import Cluster, running_cluster

settings.register_profile("shared machine", deadline=None)  # a busy core is no failure
settings.load_profile("shared machine")

SHARED = Path(os.environ.get("PASSLAW_SHARED_DATA", Path(__file__).parents[2].parent / "shared" / "data"))


@pytest.fixture(scope="session", autouse=True)
def ray_home() -> Iterator[Path]:
    """Keep Ray out of the user's home: a token and a folder of our own, before Ray first looks for its token.

    It looks once in a process. Its sockets need a short path.
    """
    folder = Path(tempfile.mkdtemp(prefix="pl-ray-", dir="/tmp"))
    token = folder / "token"
    token.write_text(secrets.token_hex(32))
    settings = {
        "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": str(token), "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_TMPDIR": str(folder),
    }  # fmt: skip
    os.environ.update(settings)
    os.environ.pop("RAY_ADDRESS", None)
    yield folder
    for name in settings:
        os.environ.pop(name, None)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def humaneval() -> ProblemSet:
    return load_problems("humaneval")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    if not SHARED.is_dir():
        pytest.skip(f"NO SHARED DATA at {SHARED}: set PASSLAW_SHARED_DATA to run this")
    return SHARED


@pytest.fixture
def write_rows(tmp_path: Path) -> Callable[..., Path]:
    def write(rows: Iterable[Mapping[str, Any]], name: str = "samples.jsonl") -> Path:
        path = tmp_path / name
        text = "".join(json.dumps(row) + "\n" for row in rows)
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
        return path

    return write
