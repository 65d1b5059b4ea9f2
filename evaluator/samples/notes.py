"""What a reader noticed in a samples file and a person should know before the samples are scored."""

from dataclasses import dataclass, field

__all__ = ["Notes"]


@dataclass(slots=True)
class Notes:
    """Remarks of one reading; a reader clears them when it begins anew.

    Attributes:
        sentences: whole sentences, in order.
        unanswered: places of samples that have no answer and are left out: their generation failed.
    """

    sentences: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)

    def clear(self) -> None:
        """Forget what an earlier reading noticed."""
        self.sentences.clear()
        self.unanswered.clear()
