"""The problem that every answer solves, a right solution of it, and pieces of answers."""

PROMPT = (
    "from typing import List\n\n\ndef longest(words: List[str]) -> str:\n"
    '    """ Return the longest of the words, the first of several; an empty text for none.\n'
    "    >>> longest(['a', 'abc', 'xyz'])\n    'abc'\n    \"\"\"\n"
)
BODY = "    best = ''\n    for word in words:\n        if len(word) > len(best):\n            best = word\n    return best\n"
FULL = f"def longest(words):\n{BODY}"
DRAFT = "def longest(words):\n    return 'draft'\n"
HELPER = "def is_longer(a, b):\n    return len(a) > len(b)\n"
USING = (
    "def longest(words):\n    best = ''\n    for word in words:\n        if is_longer(word, best):\n            best = word\n"
    "    return best\n"
)
REDUCED = (
    "def longest(words):\n    return functools.reduce(lambda a, b: b if len(b) > len(a) else a, words, '')\n"
)


def fenced(code: str, info: str = "python") -> str:
    return f"```{info}\n{code}```\n"


def indented(text: str, by: str = "    ") -> str:
    return "".join(by + line if line.strip() else line for line in text.splitlines(keepends=True))
