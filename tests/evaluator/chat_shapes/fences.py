"""Answers in Markdown fences, one or several."""

from tests.evaluator.chat_shapes.pieces import BODY, DRAFT, FULL, HELPER, REDUCED, USING, fenced, indented

FENCES = {
    "a plain block": f"Sure!\n\n{fenced(FULL)}\nHope it helps.",
    "no language": f"Sure:\n{fenced(FULL, '')}",
    "tildes": f"Here:\n~~~python\n{FULL}~~~\n",
    "four backticks": f"````python\n{FULL}````\n",
    "capital language": fenced(FULL, "Python"),
    "python3": fenced(FULL, "python3"),
    "a title": fenced(FULL, 'python title="longest.py"'),
    "a path after a colon": fenced(FULL, "python:src/longest.py"),
    "quarto": fenced(FULL, "{python}"),
    "pandoc": fenced(FULL, "{.python .numberLines startFrom=1}"),
    "line numbers": fenced(FULL, "python {1,3-5} showLineNumbers"),
    "space before the language": fenced(FULL, " python "),
    "another language by mistake": fenced(FULL, "javascript"),
    "carriage returns": f"Sure!\n\n{fenced(FULL)}\n".replace("\n", "\r\n"),
    "in a list": f"1. Write it:\n\n{indented(fenced(FULL), '   ')}\n2. Done.",
    "deep in a list": f"- a\n    - b\n\n{indented(fenced(FULL), '        ')}",
    "on a list's own line": f"1. ```python\n{indented(FULL, '   ')}   ```\n",
    "in a quote": "> Here:\n" + "".join(f"> {line}\n" for line in fenced(FULL).splitlines()),
    "fences indented, code not": f"   ```python\n{FULL}   ```\n",
    "never closed": f"Here you are:\n```python\n{FULL}",
    "never closed, and prose after": f"```python\n{FULL}\nThis walks over the words and keeps the longest.\n",
    "closing fence alone": f"{FULL}```\nThis works because it compares lengths.",
    "closing fence alone, indented": f"{FULL}    ```\n",
    "closing fence after a body": f"{BODY}```\n\nIt compares lengths.",
    "glued to the code's end": f"```python\n{FULL.rstrip()}```",
    "glued to a body's end": f"{BODY.rstrip()}```",
    "glued to prose": f"Here is the function:```python\n{FULL}```That's it.",
    "glued to prose, no language": f"Here is the function: ```\n{FULL}```",
    "glued to the code's beginning": f"```{FULL}```",
    "language and code on the fence's line": f"```python {FULL}```",
    "all on one line": "```python def longest(words): return max(words, key=len, default='')```",
    "closed by a fence with words": f"```python\n{FULL}```It loops over the words.\n",
    "next block opened without closing": f"```python\n{HELPER}\n```python\n{USING}```\n",
    "code and explanation fences unpaired": f"```python\n{FULL}```\n```\nOutput: 'abc'\n",
    "a docstring that holds a fence": (
        "```python\ndef longest(words):\n    '''\n    Use it so:\n    ```\n    longest(['a'])\n    ```\n    '''\n"
        f"{BODY}```\n"
    ),
    "a backtick fence in tildes": f"~~~markdown\n~~~\n~~~python\n{FULL}~~~\n",
    "escaped backticks": f"\\`\\`\\`python\n{FULL}\\`\\`\\`\n",
    "python tags": f"[PYTHON]\n{FULL}[/PYTHON]\n",
    "html": f'<pre><code class="language-python">{FULL.replace(">", "&gt;")}</code></pre>',
    "a prompt's marks": fenced(
        "".join((">>> " if line.startswith("def") else "... ") + f"{line}\n" for line in FULL.splitlines())
    ),
}

BLOCKS = {
    "a draft, then the answer": f"First try:\n{fenced(DRAFT)}That is wrong. Better:\n{fenced(FULL)}",
    "the answer, then its use": f"{fenced(FULL)}Use it so:\n{fenced('print(longest([]))' + chr(10))}",
    "the answer, then a stub": f"{fenced(FULL)}Its signature is\n{fenced('def longest(words):' + chr(10) + '    pass' + chr(10))}",
    "the answer, then a cut one": f"{fenced(FULL)}Or shorter:\n```python\ndef longest(words):\n    return max(words, key=",
    "helper in a block of its own": f"Helper:\n{fenced(HELPER)}Main:\n{fenced(USING)}",
    "helper after the function": f"Main:\n{fenced(USING)}with\n{fenced(HELPER)}",
    "import in a block of its own": f"First\n{fenced('import functools' + chr(10))}then\n{fenced(REDUCED)}",
    "import and install": f"{fenced('pip install functools' + chr(10), 'bash')}{fenced('import functools' + chr(10))}{fenced(REDUCED)}",
    "helper beside a draft": f"{fenced(HELPER + DRAFT)}Better:\n{fenced(USING)}",
    "helper of a helper": (
        f"{fenced('def size(a):' + chr(10) + '    return len(a)' + chr(10))}{fenced(HELPER.replace('len(', 'size('))}{fenced(USING)}"
    ),
    "a test that fails": f"{fenced(FULL + chr(10) + 'assert longest([]) == None' + chr(10))}",
    "a test of its own block": f"{fenced(FULL)}{fenced('import pytest' + chr(10) + 'def test():' + chr(10) + '    assert longest([]) is 1')}",
    "main that reads": fenced(f"{FULL}\nif __name__ == '__main__':\n    print(longest(input().split()))\n"),
    "main function that is called": fenced(
        f"{FULL}\ndef main():\n    print(longest(input().split()))\n\nmain()\n"
    ),
    "example with a name that the function has": fenced(
        f"words = input().split()\n{FULL}print(longest(words))\n"
    ),
    "constants before": fenced(f"NOTHING, FIRST = '', 0\n\n{FULL.replace(chr(39) * 2, 'NOTHING')}"),
    "a function by another name": fenced(f"{FULL.replace('longest', '_longest')}\nlongest = _longest\n"),
    "a method": fenced(
        f"class Solution:\n{indented(FULL.replace('(words)', '(self, words)'))}\nlongest = Solution().longest\n"
    ),
    "a lambda": fenced("longest = lambda words: max(words, key=len, default='')\n"),
    "a table that is filled": fenced(
        f"SEEN = {{}}\nfor size in range(9):\n    SEEN[size] = size\n\n{FULL.replace('len(word)', 'SEEN[len(word)]')}"
    ),
    "a decorator": fenced(f"import functools\n\ndef same(f):\n    return f\n\n@same\n{FULL}"),
    "future first": fenced(
        f"from __future__ import annotations\n{FULL.replace('(words)', '(words: Unknown)')}"
    ),
    "a body in a block": fenced(BODY),
    "a body in a block, at the margin": fenced("best = max(words, key=len, default='')\nreturn best\n"),
    "signature and body in two blocks": f"{fenced('def longest(words):' + chr(10))}{fenced(BODY)}",
    "a recursive limit": fenced(f"import sys\nsys.setrecursionlimit(5000)\n{FULL}"),
}
