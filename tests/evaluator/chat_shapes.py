"""Answers in the shapes in which chat models give them, each with one right solution of one small problem.

Many hold a wrong draft or an example that must not be taken for it.
"""

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


REASONING = {
    "think, then a block": f"<think>\nA draft:\n{fenced(DRAFT)}No.\n</think>\n\n{fenced(FULL)}",
    "think without its opening": f"Let me try.\n{fenced(DRAFT)}Hmm, wrong.\n</think>\n\n{fenced(FULL)}",
    "think, then a bare function": f"<think>\n{DRAFT}\n</think>\n{FULL}",
    "think, then a bare body": f"<think>return the longest</think>\n{BODY}",
    "empty think": f"<think>\n\n</think>\n\n{fenced(FULL)}",
    "the tag is talked about while thinking": f"<think>I close with </think> later.\n{fenced(DRAFT)}</think>\n{fenced(FULL)}",
    "two parts of thought": f"<think>a</think>\n{fenced(DRAFT)}\n<think>that was wrong</think>\n{fenced(FULL)}",
    "thinking": f"<thinking>\n{fenced(DRAFT)}\n</thinking>\n{fenced(FULL)}",
    "thought": f"<thought>\n{DRAFT}\n</thought>\n\n{fenced(FULL)}",
    "capital think in brackets": f"[THINK]{fenced(DRAFT)}[/THINK]{fenced(FULL)}",
    "seed's think": f"<seed:think>\n{fenced(DRAFT)}</seed:think>{fenced(FULL)}",
    "kimi's think": f"◁think▷{fenced(DRAFT)}◁/think▷{fenced(FULL)}",
    "thought and solution": (
        f"<|begin_of_thought|>\n{fenced(DRAFT)}\n<|end_of_thought|>\n\n<|begin_of_solution|>\n{fenced(FULL)}<|end_of_solution|>"
    ),
    "command's thinking": f"<|START_THINKING|>{fenced(DRAFT)}<|END_THINKING|><|START_RESPONSE|>{fenced(FULL)}<|END_RESPONSE|>",
    "channels": (
        f"<|channel|>analysis<|message|>Try.\n{fenced(DRAFT)}<|end|><|start|>assistant<|channel|>final<|message|>{fenced(FULL)}<|return|>"
    ),
    "reasons after the answer": f"<answer>\n{fenced(FULL)}</answer>\n<reasoning>\nIt is the first: {fenced(DRAFT)}</reasoning>\n",
    "think tags in the code's own text": fenced(
        FULL.replace("return best", "return best.replace('</think>', '')")
    ),
    "scratchpad": f"<scratchpad>\n{fenced(DRAFT)}\n</scratchpad>\nFinal:\n{fenced(FULL)}",
}
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
BARE = {
    "said again and again until it is cut": f"{FULL}\n{FULL}\n"
    + FULL[: FULL.index("            best = word")]
    + "            best",
    "prose around a function": f"Here is the function:\n\n{FULL}\nIt loops (once) and doesn't sort.\n",
    "prose that parses": f"Sure\n\n{FULL}\nNote: this\nComplexity: O(n)\n",
    "prose with an open bracket": f"Sure :(\n{FULL}\nEasy (isn't it?\n",
    "prose glued to the definition": f"Answer: {FULL}",
    "one line in backticks": "Use `def longest(words): return max(words, key=len, default='')` for that.",
    "indented as Markdown has it": f"Here you are:\n\n{indented(FULL)}\nDone.\n",
    "indented as a whole": indented(FULL),
    "imports and prose": f"We need reduce.\n\nimport functools\n\nNow the function:\n\n{REDUCED}\nDone!\n",
    "a body between prose": f"The body is:\n\n{BODY}\nand that is all.",
    "prose after a body": f"{BODY}\nThis doesn't sort the words.\n",
    "run-on after a body": f"{BODY}\n\nprint(longest(['a']))\nassert longest([]) == 3\n",
    "run-on that is cut": f"{BODY}\n\ndef shortest(words):\n    return min(words, key=",
    "another answer run on": f"{BODY}\n\n{DRAFT}",
    "a body and its helper": f"{BODY.replace('len(word) > len(best)', 'is_longer(word, best)')}\n\n{HELPER}\nDone, I think.",
    "the prompt again": f"{PROMPT}{BODY}",
    "the prompt again, in prose": f"Here is the completed function:\n\n{PROMPT}{BODY}\nIt's done.",
    "a comment at the margin": FULL.replace("    return", "# and now\n    return"),
    "a docstring at the margin": FULL.replace(BODY, f'    """\nFinds it.\n"""\n{BODY}'),
    "brackets at the margin": FULL.replace("return best", "return (\nbest\n)"),
    "headings": f"# Solution\n\n{FULL}\n## Explanation\n\nIt's plain.\n",
    "user and assistant": f"Assistant: sure.\n\n{FULL}\nUser: thanks!\nAssistant: you're welcome.\n",
}
SPACE = {
    "first line lost its indentation": BODY.lstrip(),
    "first line has one space less": BODY[1:],
    "all lines lost it": "".join(line[4:] for line in BODY.splitlines(keepends=True)),
    "two spaces": BODY.replace("    ", "  "),
    "tabs": BODY.replace("    ", "\t"),
    "tabs and spaces": FULL.replace("        if", "\tif").replace("            best", "\t    best"),
    "first line indented alone": "    " + FULL,
    "a mark at the beginning": "\ufeff" + FULL,
    "a mark in the block": fenced("\ufeff" + FULL),
    "spaces that do not break": FULL.replace("    ", "\u00a0\u00a0\u00a0\u00a0"),
    "spaces that do not break, in a block": fenced(FULL.replace("    ", " \u00a0 \u00a0")),
    "no width at all": fenced(FULL.replace("best =", "best\u200b =")),
    "wide spaces": fenced(FULL.replace("    ", "\u3000 \u3000 ")),
    "body with spaces that do not break": BODY.replace("    ", "\u00a0\u00a0\u00a0\u00a0"),
}
ENDS = [
    "<|endoftext|>", "<|im_end|>", "<|eot_id|>", "<|end|>", "</s>", "<eos>", "<end_of_turn>", "<|EOT|>", "<EOT>",
    "<\uff5cend▁of▁sentence\uff5c>", "<|end_of_text|>", "<|return|>", "<|im_end|>\n<|im_start|>user\nThanks", "<|END_OF_TURN_TOKEN|>",
    "<|file_sep|>", "<file_sep>", "[/INST]", "[EOS]", " [end of text]", "<pad><pad>", "<eoa>", "<|user|>\nNext", "[|endofturn|]",
    "<|endofprompt|>", "<end_of_utterance>", "<reserved_106>", "<|fim_pad|>", "<extra_id_1>",
]  # fmt: skip
TURNS = {
    "assistant's header": f"<|im_start|>assistant\n{fenced(FULL)}<|im_end|>",
    "llama's header": f"<|start_header_id|>assistant<|end_header_id|>\n\n{FULL}<|eot_id|>",
    "a whole transcript": f"<|im_start|>user\n{PROMPT}<|im_end|>\n<|im_start|>assistant\n{FULL}<|im_end|>",
    "instruction's end": f"<s>[INST] Write it. [/INST] {fenced(FULL)}</s>",
    "gemma's turns": f"<start_of_turn>model\n{fenced(FULL)}<end_of_turn>",
    "begin of text": f"<|begin_of_text|>{FULL}",
}
FOUND_LATER = {
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
AND_LATER = {
    "steps with growing code": "Step 1\n"
    + fenced("def longest(words):\n    best = ''\n    return best\n")
    + "Step 2\n"
    + fenced(FULL),
    "self-correction in prose": fenced(DRAFT)
    + "\nWait, that's not right. Let me fix it.\n\n"
    + fenced(FULL)
    + "\nNow it's right.",
    "two thinks unopened": "a\n</think>\nb\n" + fenced(DRAFT) + "</think>\n" + fenced(FULL),
    "think in fence block json": '```json\n{"thought": "x"}\n```\n' + fenced(FULL),
    "quarto options": "```{python}\n#| echo: false\n" + FULL + "```",
    "mdbook": fenced(FULL, "python,editable"),
    "rst code-block": "Solution::\n\n.. code-block:: python\n\n" + indented(FULL),
    "org": "#+BEGIN_SRC python\n" + FULL + "#+END_SRC",
    "jira": "{code:python}\n" + FULL + "{code}",
    "github file header": "**solution.py**\n" + fenced(FULL),
    "filename in first comment": fenced("# solution.py\n" + FULL),
    "shebang": fenced("#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\n" + FULL),
    "list deep bullets star": "* Code:\n  * ```python\n" + indented(FULL, "    ") + "    ```\n",
    "numbered 10. fence": "10. ```py\n" + indented(FULL, "    ") + "    ```",
    "list + tab": "-\tHere:\n\n\t```python\n" + indented(FULL, "\t") + "\t```\n",
    "fence inside blockquote list": "> 1. Code\n>\n>    ```python\n"
    + "".join(f">    {line}\n" for line in FULL.splitlines())
    + ">    ```\n",
    "code outdented in list fence": "1. x\n   ```python\n" + FULL + "   ```\n",
    "prose glued after closing list": "   ```python\n" + indented(FULL, "   ") + "   ```- done",
    "no newline before close w/ lang mention": "```python\n" + FULL.rstrip() + " ```",
    "opening glued to heading": "### Code```python\n" + FULL + "```",
    "fence after colon space text": "Here: ```python\n" + FULL + "``` as asked.",
    "single backtick fence": "`\n" + FULL + "`\n",
    "two backtick fence": "``python\n" + FULL + "``\n",
    "unpaired middle": fenced(HELPER).rstrip("`\n") + "\n\nand then\n\n" + fenced(USING),
    "lost opening only info": "python\n" + FULL + "```",
    'lost opening "Copy code"': "python\nCopy code\n" + FULL,
    "copy code in block": "```python\nCopy code\n" + FULL + "```",
    "helper after + import after": fenced(USING) + "needs\n" + fenced("import os\n" + HELPER),
    "helper class + func in 3 blocks": fenced("from dataclasses import dataclass\n")
    + fenced("@dataclass\nclass Best:\n    word: str = ''\n")
    + fenced(
        "def longest(words):\n    best = Best()\n    for w in words:\n        if len(w) > len(best.word):\n            best.word = w\n    return best.word\n"
    ),
    "improved helper": fenced(HELPER)
    + fenced(USING)
    + "Faster helper:\n"
    + fenced("def is_longer(a, b):\n    return len(a) - len(b) > 0\n"),
    "usage block rebinding": fenced(FULL) + fenced("result = longest(['a'])\nprint(result)\n"),
    "usage uses name of helper": fenced(HELPER + USING) + fenced("is_longer('a','b')\n"),
    "last block is same function incomplete (elided)": fenced(FULL)
    + fenced("def longest(words):\n    # ... same as above\n    ...\n"),
    "elided with ...": fenced(HELPER) + fenced("def is_longer(a, b):\n    ...\n\n" + USING),
    "test block imports solution": fenced(FULL)
    + fenced("from solution import longest\n\ndef test():\n    assert longest([]) == ''\n"),
    "from main import": fenced(FULL) + fenced("from your_module import longest\nprint(longest([]))\n"),
    "entry wrapped": fenced(
        "def make():\n    def inner(words):\n        return max(words, key=len, default='')\n    return inner\n\nlongest = make()\n"
    ),
    "partial": fenced(
        "from functools import partial\ndef pick(words, key):\n    return max(words, key=key, default='')\nlongest = partial(pick, key=len)\n"
    ),
    "conditional def": fenced(
        "import sys\nif sys.version_info > (3,):\n    def longest(words):\n        return max(words, key=len, default='')\nelse:\n    longest = None\n"
    ),
    "for-built table needs range": fenced(
        "T = [0]\nfor i in range(1, 50):\n    T.append(i)\n\n" + FULL.replace("len(word)", "T[len(word)]")
    ),
    "heapq etc": fenced(
        "import heapq\nfrom collections import Counter, defaultdict\nfrom typing import Any\n"
        + FULL.replace("(words)", "(words: Any)")
    ),
    "type alias": fenced("Words = list[str]\n\n" + FULL.replace("(words)", "(words: Words)")),
    "TypeVar": fenced(
        "from typing import TypeVar, Sequence\nT = TypeVar('T', bound=str)\n\n"
        + FULL.replace("(words)", "(words: Sequence[T])")
    ),
    "docstring module": fenced('"""Solution module."""\n' + FULL),
    "inner print": fenced(FULL.replace("    return best", "    print('x')\n    return best")),
    "bare with md bold lines": "**Solution**\n\n" + FULL + "\n**Explanation**: it *loops*.\n",
    "bare bullet after": FULL + "\n- Time: O(n)\n- Space: O(1)\n",
    "bare numbered after": FULL + "\n1. Loop.\n2. Compare.\n",
    "bare then Q/A": FULL + "\n\nQ: What about ties?\nA: first.\n",
    "bare then indented prose": FULL + "\n    This code loops over the words.\n",
    "bare then table": FULL + "\n| a | b |\n|---|---|\n| 1 | 2 |\n",
    "bare then html": FULL + "\n<br>Done</p>\n",
    'bare preceded by "python"': "python\n" + FULL,
    'bare preceded by "Python code:"': "Python code:\n" + FULL,
    "bare class first prose": "My approach: use a helper (short).\n\n"
    + HELPER
    + "\n\nThen the main one:\n\n"
    + USING
    + "\nThat's it!",
    "bare w/ example run": FULL + "\n>>> longest(['a'])\n'a'\n",
    "bare w/ Output:": FULL + "\nprint(longest(['a']))\n\nOutput:\na\n",
    "bare if main": FULL + "\n\nif __name__ == '__main__':\n    print(longest(input()))\n",
    "body at 3 spaces first": "   " + BODY.lstrip(),
    "body 8 spaces": indented(BODY),
    "body with docstring again": '    """ Return the longest. """\n' + BODY,
    "body + prose first line": "Here's the rest of the function:\n" + BODY,
    "body with comment at margin first": "# loop over words\n" + BODY,
    "body mixed tab first": "\t" + BODY.lstrip(),
    "body nbsp first": "\u00a0\u00a0\u00a0\u00a0" + BODY.lstrip(),
    "body crlf": BODY.replace("\n", "\r\n"),
    "body crlf first lost": BODY.lstrip().replace("\n", "\r\n"),
    "body in ~~~": "~~~\n" + BODY + "~~~",
    "body in fence then explanation code": fenced(BODY) + "e.g.\n" + fenced("longest(['a'])\n"),
    "body + helper fence": fenced(BODY.replace("len(word) > len(best)", "is_longer(word, best)"))
    + fenced(HELPER),
    "body no indentation in fence w/ loop": fenced(
        "".join(line[4:] for line in BODY.splitlines(keepends=True))
    ),
    "one-liner return": "return max(words, key=len, default='')",
    "one-liner return fence": fenced("return max(words, key=len, default='')\n"),
    "one-liner return inline code": "`return max(words, key=len, default='')`",
    "end <|endoftext|> then new problem": FULL
    + "<|endoftext|>from typing import List\n\ndef longest(words):\n    return 3\n",
    "<|im_end|> newline": fenced(FULL) + "<|im_end|>\n",
    "nemotron": FULL + "<SPECIAL_12>",
    "internlm": FULL + "<eoa>\n",
    "command-r": "<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>" + fenced(FULL) + "<|END_OF_TURN_TOKEN|>",
    "exaone": "[|assistant|]" + fenced(FULL) + "[|endofturn|]",
    "granite role": "<|start_of_role|>assistant<|end_of_role|>" + FULL + "<|end_of_text|>",
    "llama4": "<|header_start|>assistant<|header_end|>\n\n" + FULL + "<|eot|>",
    "glm": "<|assistant|>\n<think></think>\n" + fenced(FULL) + "<|user|>",
    "yi": FULL + "<|im_sep|>",
    "fim": FULL + "<|fim_middle|>x = (",
    "starcoder": BODY.rstrip() + "<|endoftext|>",
    "codegen run-on": BODY + "\n\n# Test\nif longest(['a']):\n    pass",
    "santacoder": BODY + "<file_sep>import os\n",
}
SHAPES = {
    **REASONING, **FENCES, **BLOCKS, **BARE, **SPACE, **TURNS, **FOUND_LATER, **AND_LATER,
    **{f"{end} after a body": BODY.rstrip() + end for end in ENDS},
    **{f"{end} after a function": FULL.rstrip() + end for end in ENDS[::3]},
}  # fmt: skip


# What continues the prompt: no program of its own.
CONTINUED = {
    name
    for name, text in SHAPES.items()
    if not any(mark in text for mark in ("def longest", "longest =", "def  longest"))
} | {
    "think, then a bare body", "another answer run on", "run-on after a body", "run-on that is cut", "a body and its helper",
    "a whole transcript", "body then explanation bullets", "def with return type", "bare multi-line sig prose",
    "def multi-line sig", "body + prose first line", "end <|endoftext|> then new problem",
}  # fmt: skip
