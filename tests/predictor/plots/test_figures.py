import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from predictor import MissingExtraError, PredictorError, Settings, forecast_capability
from predictor.data import gpt4_figure_1, gpt4_figure_2
from predictor.plots.panels import capability_panels, report_figure_2
from predictor.plots.render import draw, small_multiples
from tests.predictor.ladders import Simulated

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_figure_2_is_drawn(tmp_path: Path, suffix: str) -> None:
    path = draw(report_figure_2(gpt4_figure_2()), tmp_path / f"figure.{suffix}")
    content = path.read_bytes()
    assert content.startswith(b"\x89PNG" if suffix == "png" else b"<?xml")
    assert len(content) > 10_000


@pytest.mark.parametrize("method", ["report", "auto"])
def test_small_multiples_show_each_bucket(tmp_path: Path, ladder: Simulated, method: str) -> None:
    forecast = forecast_capability(ladder.counts, "m4", method=method, settings=Settings(size=500))
    panels = capability_panels(ladder.counts, forecast)
    assert len(panels) == len(forecast.buckets)
    assert all(panel.outcome is not None for panel in panels)
    assert all(panel.compute.max() < 1 for panel in panels)
    root = ET.parse(small_multiples(panels, tmp_path / "figure.svg")).getroot()
    axes = [group for group in root.iter() if group.get("id", "").startswith("axes_")]
    assert len(axes) >= len(panels)


def test_the_default_has_a_band_that_meets_its_forecast_at_the_target(ladder: Simulated) -> None:
    forecast = forecast_capability(ladder.counts, ladder.target_flops, settings=Settings(size=2000))
    for panel, bucket in zip(capability_panels(ladder.counts, forecast), forecast.buckets, strict=True):
        assert panel.band is not None
        estimate = bucket.estimates["neg_mean_log_pass_measured"]
        at_target = np.exp(np.interp(0, np.log(panel.band.compute), np.log(panel.band.middle)))
        assert at_target == pytest.approx(estimate.point, rel=0.25)
        low, high = panel.band.intervals[80]
        width = np.log(high / low)
        assert width[-1] > 1.5 * width[len(width) // 2]


def test_the_same_figure_has_the_same_bytes(tmp_path: Path) -> None:
    paths = [draw(report_figure_2(gpt4_figure_2()), tmp_path / f"{n}.svg") for n in range(2)]
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_an_unknown_suffix_and_no_panels_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PredictorError, match=r"written as \.svg, \.png or \.pdf"):
        draw(report_figure_2(gpt4_figure_2()), tmp_path / "figure.bmp")
    with pytest.raises(PredictorError, match="no panel"):
        small_multiples([], tmp_path / "figure.svg")


def test_a_missing_extra_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match=r"install passlaw\[plot\]"):
        draw(report_figure_2(gpt4_figure_2()), tmp_path / "figure.svg")


def test_importing_the_package_needs_numpy_and_scipy_alone() -> None:
    code = (
        "import sys; before = set(sys.modules); import predictor; "
        "loaded = {name.split('.')[0] for name in set(sys.modules) - before}; "
        "print(sorted(loaded & {'matplotlib', 'pyarrow', 'pandas', 'evaluator', 'sandbox', 'click', 'rich', 'pydantic'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_example_reproduces_both_figures(tmp_path: Path) -> None:
    script = ROOT / "examples" / "gpt4_report" / "reproduce.py"
    environment = {
        "PYTHONPATH": str(ROOT),
        "PATH": "/usr/bin:/bin",
        "HOME": str(tmp_path),
        "OMP_NUM_THREADS": "1",
    }
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "absolute  a 0.2975  b -0.1188  c 0.9617  L(1) 1.2593  +0.2%" in done.stdout
    assert "alpha 0.2717  k 0.1928" in done.stdout
    assert {path.name for path in tmp_path.glob("figure_*")} == {
        f"figure_{n}.{s}" for n in (1, 2) for s in ("svg", "png")
    }


def test_shipped_points_are_the_digitised_ones(shared_data: Path) -> None:
    for number, points, column in (
        (1, gpt4_figure_1(), "bits_per_word"),
        (2, gpt4_figure_2(), "neg_mean_log_pass_rate"),
    ):
        import csv

        with (shared_data / f"gpt4_report_fig{number}_digitised.csv").open(encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream))
        assert [float(row[column]) for row in rows] == [*points.value, points.outcome]
        assert [float(row["compute_rel_gpt4"]) for row in rows] == [*points.compute, 1.0]
