"""Types that bodies of requests and responses share; the OpenAPI document is made of the bodies."""

from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from evaluator.errors import ModelsError
from evaluator.model_card import parse_quantity

__all__ = ["Name", "Page", "Quantity", "StrictModel", "UtcDatetime", "moment"]

T = TypeVar("T")
UtcDatetime = Annotated[datetime, Field(description="UTC")]


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must be printable")
    return text


def _quantity(value: float | str) -> float | str:
    try:
        parse_quantity(str(value), "the figure")
    except ModelsError as bad:
        raise ValueError(str(bad)) from None
    return value


Name = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_printable)]
Quantity = Annotated[
    Annotated[float, Field(gt=0, allow_inf_nan=False)] | Annotated[str, StringConstraints(max_length=40)],
    AfterValidator(_quantity),
    Field(description="a positive number, or text such as 7B, 2T or 1e22", examples=["7B", 1e22]),
]


class StrictModel(BaseModel):
    """A body that refuses unknown fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Page(BaseModel, Generic[T]):
    """A part of a list, newest first."""

    items: list[T]
    total: int = Field(description="how many there are in all")


def moment(seconds: float | None) -> datetime | None:
    """A time of the store as a moment."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
