import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.predictor.ladders import Simulated, simulate_ladder


@pytest.fixture
def simulate() -> Callable[..., Simulated]:
    return simulate_ladder


@pytest.fixture(scope="session")
def ladder() -> Simulated:
    return simulate_ladder(7, problems=60, ahead=30.0, model=0.03, cell=0.1)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Public tables kept beside the main checkout; the same behaviour is tested on simulated tables as well."""
    default = Path(__file__).parents[3] / "shared" / "data"
    folder = Path(os.environ.get("PASSLAW_SHARED_DATA", default))
    if not folder.is_dir():
        pytest.skip(f"PUBLIC TABLES MISSING: no folder {folder}; set PASSLAW_SHARED_DATA")
    return folder
