"""What is wrong with a field of a request, in words; pydantic's own are about its schema."""

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["complaint_of"]

_RUN: Final = "the id of a run, 21 hexadecimal digits"
_FORMS: Final = {
    r"^[0-9a-f]{21}$": _RUN,
    r"^([0-9a-f]{21})?$": _RUN,
    r"^[0-9a-f]{64}$": "a SHA-256, 64 hexadecimal digits",
    r"^[1-9][0-9]{0,5}(,[1-9][0-9]{0,5}){0,19}$": "whole numbers from 1 separated by commas: 1,10,100",
    r"^[^/\\\x00-\x1f\x7f]{1,150}$": "the name of a file, without a folder and of at most 150 characters",
    r"^[\x21-\x7e]+$": "printable ASCII without spaces",
}


def complaint_of(error: Mapping[str, Any]) -> str:
    """Return the message of one of pydantic's errors: what is wrong, and what to write.

    >>> complaint_of({"type": "value_error", "msg": "Value error, give a model", "loc": ("body",)})
    'give a model'
    """
    pattern = error.get("ctx", {}).get("pattern")
    if error["type"] == "string_pattern_mismatch" and pattern in _FORMS:
        return f"give {_FORMS[pattern]}"
    if error["type"] == "extra_forbidden":
        return "there is no such option"
    return str(error["msg"]).removeprefix("Value error, ")
