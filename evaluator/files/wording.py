"""Words of messages: a count with its noun."""

__all__ = ["counted"]


def counted(count: int, noun: str) -> str:
    """Return a count with its noun.

    >>> counted(1, "sample"), counted(1200, "sample")
    ('1 sample', '1,200 samples')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
