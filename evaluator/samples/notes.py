"""What a reader noticed in a samples file and a person should know before the samples are scored."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from evaluator.errors import spell_options

__all__ = ["Notes", "Remark"]


class Remark(str):
    """A sentence that names options to set; as a plain string it spells them `'sanitize'`.

    Args:
        message: what was noticed, without an end.
        option: the option to set, such as `sanitize`.
        to: what for, such as `extract the code`, or which value.
    """

    __slots__ = ("_parts",)
    _parts: tuple[str, str, str]

    def __new__(cls, message: str, *, option: str, to: str) -> Self:
        """Make the sentence; `spelled` gives it with another spelling."""
        made = super().__new__(cls, f"{spell_options(message, (option,), to, repr)}.")
        made._parts = (message, option, to)
        return made

    def spelled(self, spell: Callable[[str], str]) -> str:
        """Return the sentence with the option's name as `spell` gives it."""
        message, option, to = self._parts
        return f"{spell_options(message, (option,), to, spell)}."


@dataclass(slots=True)
class Notes:
    """Remarks of one reading; a reader clears them when it begins anew.

    Attributes:
        sentences: whole sentences, in order; `Remark` where they name an option.
        unanswered: places of samples that have no answer and are left out: their generation failed.
    """

    sentences: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)

    def clear(self) -> None:
        """Forget what an earlier reading noticed."""
        self.sentences.clear()
        self.unanswered.clear()
