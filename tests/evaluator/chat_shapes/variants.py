"""Variants of the shapes, one irregularity each."""

from tests.evaluator.chat_shapes.pieces import (
    BODY,
    DRAFT,
    FULL,
    HELPER,
    PROMPT,
    REDUCED,
    USING,
    fenced,
    indented,
)

VARIANTS = {
    "nested list fence tabs": "\t```python\n" + indented(FULL, "\t") + "\t```\n",
    "think unclosed tag variant": "<think >\n" + fenced(DRAFT) + "</think >\n" + fenced(FULL),
    "Thinking upper": "<THINK>" + fenced(DRAFT) + "</THINK>" + fenced(FULL),
    "think then prose mention": "<think>x</think>\nI thought (`<think>`) about it.\n" + fenced(FULL),
    "think answer both no fence with prose": "<think>\nfirst "
    + DRAFT
    + "</think>\nSure, here:\n\n"
    + FULL
    + "\nDone.",
    "details": "<details><summary>Thoughts</summary>\n" + fenced(DRAFT) + "</details>\n" + fenced(FULL),
    "granite": "Here is my thought process:\n" + fenced(DRAFT) + "\nHere is my response:\n" + fenced(FULL),
    "reasoning md": "**Reasoning:**\n" + DRAFT + "\n**Answer:**\n" + fenced(FULL),
    "tool_code": "```tool_code\n" + FULL + "```",
    "py title no space": '```python{title="a"}\n' + FULL + "```",
    "info python3.11": fenced(FULL, "python3.11"),
    "info with backtick-tilde": "~~~ python {.x}\n" + FULL + "~~~",
    "five tildes": "~~~~~\n" + FULL + "~~~~~",
    "longer close": "```python\n" + FULL + "`````\n",
    "close with spaces": "```python\n" + FULL + "```    \t \n prose",
    "open fence with bom": "\ufeff```python\n" + FULL + "```",
    "nbsp before fence": "\u00a0\u00a0```python\n" + FULL + "```",
    "nbsp after lang": "```python\u00a0\n" + FULL + "```",
    "zero width before fence": "\u200b```python\n" + FULL + "```",
    "fence glued both": "Code:```python\n" + FULL.rstrip() + "```Done",
    "double closing": "```python\n" + FULL + "```\n```\n",
    "double opening": "```\n```python\n" + FULL + "```\n```\n",
    "markdown wrapper": "```markdown\nHere:\n```python\n" + FULL + "```\n```\n",
    "md wrapper four": "````markdown\nHere:\n```python\n" + FULL + "```\n````\n",
    "bold fence": "**```python**\n" + FULL + "**```**",
    "numbered steps w/ partial blocks": "1. Start:\n"
    + fenced("best = ''\n")
    + "2. Loop:\n"
    + fenced("for word in words:\n    pass\n")
    + "3. All:\n"
    + fenced(FULL),
    "answer then partial explanation": fenced(FULL)
    + "Line by line:\n"
    + fenced("best = ''\n")
    + "starts, and\n"
    + fenced("for word in words:\n")
    + "loops.",
    "answer then alt with different name": fenced(FULL)
    + "Alternatively:\n"
    + fenced(FULL.replace("longest", "longest_alt")),
    "answer then tests def": fenced(FULL)
    + fenced("def test_longest():\n    assert longest([]) == 1\ntest_longest()\n"),
    "two complete, last wins": fenced(DRAFT) + fenced(FULL),
    "answer then wrong attempt labelled in prose before": "Wrong version:\n"
    + fenced(DRAFT)
    + "Right version:\n"
    + fenced(FULL),
    "class helper": fenced("class Box:\n    def __init__(self):\n        self.best = ''\n")
    + fenced(
        "def longest(words):\n    box = Box()\n    for w in words:\n        if len(w) > len(box.best):\n            box.best = w\n    return box.best\n"
    ),
    "constant block": fenced("EMPTY = ''\n") + fenced(FULL.replace("''", "EMPTY")),
    "imports prose inline": "import functools\n\n" + fenced(REDUCED),
    "import from in prose": "You need `from functools import reduce`.\n"
    + fenced("from functools import reduce\n" + REDUCED.replace("functools.", "")),
    "helper as prose-code before block": HELPER + "\n" + fenced(USING),
    "helper overriden in 2 blocks": fenced(HELPER.replace(">", "<"))
    + "fix:\n"
    + fenced(HELPER)
    + fenced(USING),
    "bash output after": fenced(FULL) + fenced("$ python x.py\nabc\n", "bash"),
    "output block no lang": fenced(FULL) + "```\nabc\n```",
    "json block before": fenced('{"a": 1}\n', "json") + fenced(FULL),
    "diff block": fenced("-old\n+new\n", "diff") + fenced(FULL),
    "typing self": fenced("from typing import *\n\n" + FULL),
    "star import used": fenced("from functools import *\n\n" + REDUCED.replace("functools.", "")),
    "async draft": fenced("async def longest(words):\n    return 1\n") + fenced(FULL),
    "nested function": fenced(
        "def longest(words):\n    def pick(a, b):\n        return b if len(b) > len(a) else a\n    best = ''\n    for w in words:\n        best = pick(best, w)\n    return best\n"
    ),
    "global var": fenced(
        "best = ''\n\ndef longest(words):\n    global best\n    best = ''\n    for w in words:\n        if len(w) > len(best):\n            best = w\n    return best\n\nprint(longest(['a']))\n"
    ),
    "memo attr": fenced(
        FULL.replace("    best = ''", "    longest.calls += 1\n    best = ''", 1) + "\nlongest.calls = 0\n"
    ),
    "try import": fenced(
        "try:\n    from functools import reduce\nexcept ImportError:\n    reduce = None\n\n"
        + REDUCED.replace("functools.", "")
    ),
    "if False guard": fenced(
        "if True:\n    LIMIT = 0\n\n" + FULL.replace("best = ''", "best = '' * (LIMIT + 1)", 1)
    ),
    "decorated lru": fenced(
        "from functools import lru_cache\n\n@lru_cache(None)\ndef size(w):\n    return len(w)\n\n"
        + FULL.replace("len(", "size(")
    ),
    "doctest main": fenced(
        FULL + "\nif __name__ == '__main__':\n    import doctest\n    doctest.testmod()\n"
    ),
    "unittest class": fenced(
        "import unittest\n"
        + FULL
        + "\nclass T(unittest.TestCase):\n    def test(self):\n        self.assertEqual(longest([]), 3)\n\nunittest.main()\n"
    ),
    "body in fence unindented first": "```python\n" + BODY.lstrip() + "```",
    "body fence with prose body glued": "```python\n" + BODY.rstrip() + "```\nThis",
    "body fence 2-space": fenced(BODY.replace("    ", "  ")),
    "body fence tabs": fenced(BODY.replace("    ", "\t")),
    "body then explanation bullets": BODY + "\n- it loops\n- it compares\n",
    "body then docstring-ish text": BODY + '\n"""\nThis function...\n"""\n',
    "body then # comment lines": BODY + "\n# Explanation:\n# it loops\n",
    "body + EOS + garbage": BODY.rstrip() + "<|endoftext|>\n\nQuestion: foo(\n",
    "body + multiple eos": BODY.rstrip() + "</s></s></s>",
    "body + space eos": BODY.rstrip() + " </s>",
    "body + newline eos": BODY + "</s>\n",
    "body + cut eos": BODY.rstrip() + "<|im_end",
    "body + <|eot": BODY.rstrip() + "<|eot_id|>assistant\n\nHere",
    "fn+llama multi-turn": FULL + "<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nthanks",
    "gemma": FULL + "<end_of_turn>\n<start_of_turn>user\n",
    "phi": "<|assistant|>\n" + fenced(FULL) + "<|end|>",
    "mistral inst echo": "[INST] write def longest [/INST]" + fenced(FULL) + "</s>",
    "alpaca": "### Response:\n" + fenced(FULL) + "\n### End",
    "alpaca bare": "### Response:\n" + FULL + "\n### Instruction:\nNext one: def foo(x):\n",
    "deepseek": "<\uff5cbegin▁of▁sentence\uff5c><\uff5cUser\uff5c>q<\uff5cAssistant\uff5c>"
    + fenced(FULL)
    + "<\uff5cend▁of▁sentence\uff5c>",
    "vicuna": "ASSISTANT: " + fenced(FULL) + "</s>",
    "chatml no end": "<|im_start|>assistant\n<think>\n" + fenced(DRAFT) + "</think>\n" + fenced(FULL),
    "one-line def bare": "def longest(words): return max(words, key=len, default='')",
    "one-line with prose": "Sure: \n\ndef longest(words): return max(words, key=len, default='')\n\nIt uses max.",
    "def with return type": FULL.replace("(words)", "(words: List[str]) -> str"),
    "def multi-line sig": fenced("def longest(\n    words: List[str],\n) -> str:\n" + BODY),
    "bare multi-line sig prose": "Here it is\n\ndef longest(\n    words: List[str],\n) -> str:\n"
    + BODY
    + "\nBye (now",
    "indented fence code less than fence": "    ```python\n  " + FULL.replace("\n", "\n  ") + "\n    ```",
    "quoted": "\n".join("> " + line for line in FULL.splitlines()),
    "line numbers": "\n".join(f"{i:2d} {line}" for i, line in enumerate(FULL.splitlines(), 1)),
    "ascii prompt >>> bare": "\n".join(
        (">>> " if line.startswith("def") else "... ") + line for line in FULL.splitlines()
    ),
    "form feed": "\x0c" + FULL,
    "trailing whitespace/backslash": FULL + "\\",
    "cr only": FULL.replace("\n", "\r"),
    "smart quotes prose": "Here\u2019s \u201cthe\u201d code:\n" + fenced(FULL),
    "unicode dash bullets": "• Step – one\n" + fenced(FULL),
    "emoji": "🚀 Solution\n" + FULL + "\n✅ Done",
    "prose with def word": "First, def is a keyword. Then:\n" + FULL,
    "prose mention def longest( ": "I define `def longest(words)` so:\n\n" + FULL + "\nok",
    "prose mention fence inline": "Use ```longest``` as:\n" + fenced(FULL),
    "latex": "\\begin{lstlisting}[language=Python]\n" + FULL + "\\end{lstlisting}",
    "answer tag": "<answer>\n" + FULL + "</answer>",
    "code tag inline": "<code>" + FULL + "</code>",
    "solution tags + fence": "<solution>\n" + fenced(FULL) + "</solution>",
    "python tag": "<python>\n" + FULL + "</python>",
    "''' fence": "'''python\n" + FULL + "'''",
    "boxed": "\\boxed{\n" + fenced(FULL) + "}",
    "xml cdata": "<![CDATA[\n" + FULL + "]]>",
    "heading + body": "## Solution\n\n" + BODY,
    "prompt echoed only + fence": PROMPT + "```python\n" + FULL + "```",
    "prompt echo then body tabs": PROMPT + BODY.replace("    ", "\t"),
    "trailing fence + text glued to body": BODY.rstrip() + "\n    ```\nFoo",
    "prose in fence end": "```python\n" + FULL + "\nExplanation: it's easy (really\n```",
    "prose in fence start": "```python\nHere is the code:\n" + FULL + "```",
    "comment only block then answer": fenced("# your code here\n") + fenced(FULL),
    "stub first": fenced("def longest(words):\n    ...\n") + fenced(FULL),
    "stub raise last": fenced(FULL) + fenced("def longest(words):\n    raise NotImplementedError\n"),
    "half block then full, half unclosed": "```python\ndef longest(words):\n    best = (\n\nOops, again:\n```python\n"
    + FULL
    + "```",
    "two fences same line": "```python\n" + HELPER + "``` ```python\n" + USING + "```",
    "input example variable shadows": fenced(FULL + "\nwords = input()\nprint(longest(words))\n"),
    "sys.argv usage": fenced(
        "import sys\n" + FULL + "\nprint(longest(sys.argv[1:]), file=sys.stderr)\nsys.exit(1)\n"
    ),
    "assert inside own block w/ setup": fenced(FULL)
    + fenced("words = ['a']\nassert longest(words) == 'b'\n"),
    "loop test": fenced(FULL + "\nfor case, want in [([], 'x')]:\n    assert longest(case) == want\n"),
    "with open": fenced(FULL + "\nwith open('words.txt') as f:\n    print(longest(f.read().split()))\n"),
    "try main": fenced(FULL + "\ntry:\n    print(longest(input()))\nexcept EOFError:\n    raise\n"),
    "numpy unused import": fenced("import numpy as np\n" + FULL),
    "pytest import": fenced(
        "import pytest\n\n" + FULL + "\n@pytest.mark.parametrize('a', [1])\ndef test_a(a):\n    pass\n"
    ),
    "walrus etc": fenced(FULL.replace("best = ''", "best = ''  # ``` not a fence", 1)),
    "string w/ fence": fenced(FULL.replace("    best = ''", "    fence = '```'\n    best = ''", 1)),
    "string w/ fence2": fenced(
        FULL.replace("    best = ''", "    fence = \"```python\\n\"\n    best = ''", 1)
    ),
    "token in string": fenced(FULL.replace("    best = ''", "    tok = '<|endoftext|>'\n    best = ''", 1)),
    "token in string body": BODY.replace("    best = ''", "    tok = '</s>'\n    best = ''", 1),
}
