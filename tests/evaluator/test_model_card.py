from collections.abc import Callable
from pathlib import Path

import pytest

from evaluator.errors import ModelsError
from evaluator.model_card import Model, import_models, parse_quantity


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7B", 7e9),
        ("2t", 2e12),
        ("350M", 3.5e8),
        ("1.3 B", 1.3e9),
        ("1e22", 1e22),
        ("1,000_000", 1e6),
        ("12k", 12e3),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, value: float) -> None:
    assert parse_quantity(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "7X", "-1B", "0", "nan", "inf", "1e999", "B", "7B7", "\x1b[31m7B"])
def test_what_is_no_positive_number_is_refused_in_one_safe_line(text: str) -> None:
    with pytest.raises(ModelsError, match="not a positive number such as 7B") as caught:
        parse_quantity(text)
    assert str(caught.value).isprintable()


def test_compute_follows_from_parameters_and_tokens_and_is_marked() -> None:
    derived = Model("a", params=7e9, tokens=2e12).with_derived()
    assert (derived.flops, derived.flops_derived) == (8.4e22, True)
    given = Model("a", params=7e9, tokens=2e12, flops=9e22).with_derived()
    assert (given.flops, given.flops_derived) == (9e22, False)


def test_cards_are_imported_from_csv_and_jsonl(tmp_path: Path, write_rows: Callable[..., Path]) -> None:
    table = tmp_path / "models.csv"
    table.write_text("model,params,tokens,flops,family\na,7B,2T,,x\nb,,,1e22,\n")
    rows = write_rows(
        [{"model": "a", "params": "7B", "tokens": "2T", "family": "x"}, {"model": "b", "flops": 1e22}]
    )
    assert import_models(table) == import_models(rows)
    assert import_models(table)[0] == Model("a", 7e9, 2e12, 8.4e22, flops_derived=True, family="x")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("model,params\na,lots\n", r"models.csv:2: params: 'lots'"),
        ("size\n7B\n", r"models.csv:2: the model has no name; give one"),
    ],
)
def test_a_bad_card_is_named_by_its_row(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "models.csv"
    path.write_text(text)
    with pytest.raises(ModelsError, match=complaint):
        import_models(path)
