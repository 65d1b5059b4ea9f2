"""What is known of a model: parameters, training tokens, and the compute they cost.

Compute of a dense transformer is C = 6ND (Kaplan et al., arXiv 2001.08361, section 2.1); a figure derived
that way is marked as derived.
"""

import csv
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from evaluator.errors import ModelsError
from evaluator.files.escaping import printable
from evaluator.files.jsonl import read_rows

__all__ = ["Model", "card_of", "import_models", "parse_quantity"]

# The grammar of `predictor.tables.rows.parse_quantity`, which this package's light start does without.
_SCALE: Final = {"": 1.0, "K": 1e3, "M": 1e6, "B": 1e9, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18, "Z": 1e21}
_QUANTITY: Final = re.compile(
    r"((?:[0-9][0-9_,]*\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)\s*([KMBGTPEZ]?)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Model:
    """A model card. What is not known is None.

    Attributes:
        name: unique in a store; at most 200 printable characters, like `family`.
        params: N, parameters.
        tokens: D, training tokens.
        flops: C, training compute in FLOPs.
        flops_derived: whether C is 6ND rather than a figure somebody gave.
        family: models trained in the same way, for forecasting within it.
    """

    name: str
    params: float | None = None
    tokens: float | None = None
    flops: float | None = None
    flops_derived: bool = False
    family: str | None = None

    @classmethod
    def of(cls, model: object) -> "Model | None":
        """Return a card from a card, a name, or None.

        Raises:
            ModelsError: it is none of these, or the name is odd.
        """
        if model is None or isinstance(model, Model):
            return model
        if not isinstance(model, str) or not model.strip():
            given = printable(repr(model), 60)
            raise ModelsError(f"model: {given} must be a name, or a passlaw.Model with what is known of it")
        _check_name(model, "model")
        return cls(model.strip())

    def with_derived(self) -> "Model":
        """Return the card with C = 6ND where it follows and was not given."""
        if self.flops is None and self.params is not None and self.tokens is not None:
            return replace(self, flops=6.0 * self.params * self.tokens, flops_derived=True)
        return self

    def merged(self, newer: "Model") -> "Model":
        """Return the card with what `newer` knows; a derived figure gives way and is derived anew."""
        old = replace(self, flops=None, flops_derived=False) if self.flops_derived else self
        given = asdict(newer if not newer.flops_derived else replace(newer, flops=None))
        known = {
            field: value for field, value in given.items() if value is not None and field != "flops_derived"
        }
        return replace(old, **known).with_derived()


def parse_quantity(text: str, name: str = "value") -> float:
    """Return a positive number written as `7B`, `2T`, `350M`, `1e22` or `1,000,000`.

    Raises:
        ModelsError: it is not such a number.

    >>> parse_quantity("7B")
    7000000000.0
    """
    match = _QUANTITY.fullmatch(text.strip())
    value = (
        float(match[1].replace(",", "").replace("_", "")) * _SCALE[match[2].upper()] if match else math.nan
    )
    if not (math.isfinite(value) and value > 0):
        raise ModelsError(
            f"{name}: {printable(repr(text), 40)} is not a positive number such as 7B, 2T or 1e22"
        )
    return value


def import_models(path: Path) -> list[Model]:
    """Return the cards in a CSV or JSONL file of columns model (or name), params, tokens, flops, family.

    Raises:
        ModelsError: the file is missing or malformed; the message names the row.
    """
    if not path.is_file():
        raise ModelsError(f"{path}: no such file; give a CSV or JSONL file with a row for each model")
    if path.name.endswith((".jsonl", ".jsonl.gz")):
        return [card_of(row.value, f"{path}:{row.line}") for row in read_rows(path, error=ModelsError)]
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            return [card_of(row, f"{path}:{rows.line_num}") for row in rows]
    except (csv.Error, UnicodeDecodeError, OSError) as bad:
        raise ModelsError(f"{path}: not readable as CSV ({bad})") from bad


def card_of(row: Mapping[str, object], place: str) -> Model:
    """Return the card in a row of columns model (or name), params, tokens, flops, family.

    Raises:
        ModelsError: the name is missing or odd, or a figure is no positive number; the message names `place`.
    """
    name = row.get("model") or row.get("name")
    if not isinstance(name, str) or not name.strip():
        raise ModelsError(f"{place}: the model has no name; give one, in a table in the column 'model'")
    _check_name(name, place)
    family = row.get("family")
    if isinstance(family, str) and family:
        _check_name(family, place)
    return Model(
        name=name.strip(),
        params=_figure(row, "params", place),
        tokens=_figure(row, "tokens", place),
        flops=_figure(row, "flops", place),
        flops_derived=row.get("flops_derived") is True,
        family=family if isinstance(family, str) and family else None,
    ).with_derived()


def _check_name(name: str, place: str) -> None:
    if len(name) > 200 or not name.isprintable():
        raise ModelsError(f"{place}: {printable(name, 40)!r} must be at most 200 printable characters")


def _figure(row: Mapping[str, object], field: str, place: str) -> float | None:
    value = row.get(field)
    return None if value is None or value == "" else parse_quantity(str(value), f"{place}: {field}")
