"""More variants of the shapes, many of them of several blocks or turns."""

from tests.evaluator.chat_shapes.pieces import BODY, DRAFT, FULL, HELPER, USING, fenced, indented

FURTHER_VARIANTS = {
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
