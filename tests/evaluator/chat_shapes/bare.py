"""Answers without a fence, and with unusual white space."""

from tests.evaluator.chat_shapes.pieces import BODY, DRAFT, FULL, HELPER, PROMPT, REDUCED, fenced, indented

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
