"""What the demo says of the shipped ladders: plain sentences, few of them, and a page that loads nothing."""

import re
from pathlib import Path

import pytest
from headlines import Line, newest_ladder, summary_of, waiting_ladder
from page import page
from show import DATA, registered

from predictor import read_counts, read_losses
from predictor.registry.registry import Registry


@pytest.fixture(scope="module")
def told() -> dict[str, list[Line]]:
    return {
        name: registered(
            DATA / name,
            read_counts(DATA / name / "counts.csv"),
            read_losses(DATA / name / "losses.csv", "loss"),
        )
        for name in ("2028", "2026")
    }


def test_the_newest_ladder_is_a_page_of_sentences(told: dict[str, list[Line]]) -> None:
    said = list(newest_ladder("2028", "1e13", told["2028"]))
    assert "    loss    predicted 0.6440 (80% interval 0.638–0.649), observed 0.6457: inside" in said
    assert "    pass@1  predicted 92.5% (80% interval 83.1–94.9%), observed 90.9%: inside" in said
    assert len(said) < 12
    assert all(len(line) < 110 for line in said)
    assert not re.search(r"(?<!\d)\.\d|\d %", "\n".join(said))


def test_earlier_ladders_count_misses_too(told: dict[str, list[Line]]) -> None:
    [line] = summary_of({"2026": told["2026"]})
    assert (
        line == "Ladder 2026: outcomes inside the 80% interval: loss 2 of 2, pass@1 2 of 2, buckets 7 of 12."
    )


def test_a_ladder_that_waits_says_what_is_registered() -> None:
    records = [
        ("1/10,000", entry.body["record"])
        for entry in Registry(DATA / "2029" / "forecasts.jsonl").entries()
        if entry.kind == "forecast"
    ]
    said = list(waiting_ladder("2029", records))  # type: ignore[arg-type]
    assert said[0] == (
        "Ladder 2029: loss of 1e14 FLOPs from 1/10,000 of the compute: predicted 0.7978 "
        "(80% interval 0.790–0.806); not trained yet."
    )


def test_the_page_holds_every_number_in_the_style_of_the_service(
    told: dict[str, list[Line]], tmp_path: Path
) -> None:
    text = page(told, [tmp_path / "map.png"], "648,000 completions of 27 models")
    assert text.count("<tr>") == sum(map(len, told.values())) + len(told)
    assert 'class="brand"' in text
    assert "--bg:" in text
    assert not re.search(r"(?:src|href)=\"(?!map\.png)", text)
