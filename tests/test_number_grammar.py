"""Model cards and tables of the predictor read numbers by one grammar, written down in both packages."""

import pytest

import evaluator.model_card
import predictor
from evaluator.errors import EvaluatorError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7B", 7e9), ("7G", 7e9), ("7.", 7.0), (".5B", 5e8), ("2Z", 2e21), ("1,000,000", 1e6), ("1_000", 1e3),
        ("1e22", 1e22), ("6.9e9", 6.9e9), (" 350 m ", 3.5e8), ("2t", 2e12), ("1.5E", 1.5e18), ("1e", 1e18),
    ],
)  # fmt: skip
def test_both_packages_read_the_same_numbers(text: str, value: float) -> None:
    assert evaluator.model_card.parse_quantity(text) == pytest.approx(value)
    assert predictor.parse_quantity(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "B", ".", "-1", "0", "1e999", "nan", "inf", "7BB", "1 000", ",5", "x"])
def test_both_packages_refuse_the_same_texts(text: str) -> None:
    refused = []
    for parse in (evaluator.model_card.parse_quantity, predictor.parse_quantity):
        try:
            parse(text)
        except (ValueError, EvaluatorError):
            refused.append(parse)
    assert len(refused) == 2
