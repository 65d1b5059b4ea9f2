"""Programs that a text file cannot hold: NUL, lone surrogates, bare CR, cookies that lie, enormous sources.

`GENERATED` maps a corpus name to the same text that a corpus file would hold, header included.
"""

__all__ = ["GENERATED"]

_WRONG = "def add(a, b):\n    return 0\n"
_RIGHT = "def add(a, b):\n    return a + b\n"


def _program(verdict: str, why: str, source: str, *, tight: bool = False) -> str:
    header = f"# problem: add\n# verdict: {verdict}\n# why: {why}\n"
    return header + ("# limits: tight\n" if tight else "") + source


# What a compiler that gives up may be taken for: a bad program, its exception, or its end.
_REFUSED = "syntax_error | runtime_error | out_of_memory | crashed | timed_out"
_TOO_LONG = f"wrong_answer | output_limit | {_REFUSED}"

GENERATED = {
    "text/nul_byte": _program(
        "syntax_error | runtime_error", "A NUL in the source ends a C string early.", _WRONG + "\x00" + _RIGHT
    ),
    "text/nul_in_comment": _program(
        "syntax_error | runtime_error", "A NUL in a comment.", _WRONG + "# x\x00\n" + _RIGHT
    ),
    "text/lone_surrogate": _program(
        "syntax_error | runtime_error", "A lone surrogate, which UTF-8 cannot hold.", _WRONG + '"\ud800"\n'
    ),
    "text/lone_surrogate_name": _program(
        "syntax_error | runtime_error", "A lone surrogate in an identifier.", _WRONG + "\udc80 = 1\n"
    ),
    "text/cookie_utf7": _program(
        "wrong_answer",
        "A cookie that would turn a comment into a line of code; compiling text ignores it.",
        "",
    ).replace("# problem", "# coding: utf-7 +AAo-\n# problem", 1)
    + _WRONG
    + "# +AAo-def add(a, b): return a + b+AAo-\n",
    "text/cookie_unknown": _program("wrong_answer", "A cookie that names no encoding.", "").replace(
        "# problem", "# coding: no-such-thing\n# problem", 1
    )
    + _WRONG,
    "text/bare_cr_hides_code": _program(
        "wrong_answer",
        "A bare CR ends a comment: the reader sees another program than the compiler.",
        _RIGHT + "# the end\rdef add(a, b): return 0\n",
    ),
    "text/form_feed_line": _program(
        "wrong_answer",
        "A form feed and a vertical look-alike between the lines.",
        _WRONG + "\f\n# \v\u2028" + "def add(a, b): return a + b\n",
    ),
    "text/no_break_space": _program(
        "syntax_error", "Indented with no-break spaces.", "def add(a, b):\n\u00a0\u00a0\u00a0\u00a0return 0\n"
    ),
    "text/byte_order_mark": _program(
        "syntax_error | wrong_answer", "A byte-order mark in the middle.", "\ufeff" + _WRONG
    ),
    "text/nothing": _program("missing_entry_point", "An empty source.", ""),
    "text/deep_parentheses": _program(
        _REFUSED,
        "A hundred thousand open parentheses.",
        _WRONG + "x = " + "(" * 100_000 + ")" * 100_000 + "\n",
    ),
    "text/deep_minus": _program(
        _REFUSED, "A hundred thousand signs before one number.", _WRONG + "x = " + "-" * 100_000 + "1\n"
    ),
    "text/deep_attributes": _program(
        _REFUSED, "A chain of a hundred thousand attributes.", _WRONG + "x = a" + ".b" * 100_000 + "\n"
    ),
    "text/deep_sum": _program(
        f"wrong_answer | {_REFUSED}",
        "A sum of fifty thousand terms, a tree as deep.",
        _WRONG + "x = 1" + " + 1" * 50_000 + "\n",
    ),
    "text/deep_indentation": _program(
        "syntax_error",
        "Two hundred nested blocks.",
        _WRONG + "".join(" " * n + "if 1:\n" for n in range(200)) + " " * 200 + "pass\n",
    ),
    "text/deep_loops": _program(
        "syntax_error",
        "Thirty nested loops.",
        _WRONG + "".join(" " * n + "for x in y:\n" for n in range(30)) + " " * 30 + "pass\n",
    ),
    "text/long_number": _program(
        "syntax_error", "A literal of a million digits.", _WRONG + "x = " + "9" * 1_000_000 + "\n"
    ),
    "text/long_name": _program(
        "wrong_answer", "An identifier of a million letters.", _WRONG + "x" * 1_000_000 + " = 1\n"
    ),
    "text/long_comment": _program(
        "wrong_answer | syntax_error | output_limit | out_of_memory | timed_out",
        "A comment of twenty million letters.",
        _WRONG + "# " + "x" * 20_000_000 + "\n",
        tight=True,
    ),
    "text/long_program": _program(
        _TOO_LONG, "Eight hundred thousand statements.", _WRONG + "x = 1\n" * 800_000, tight=True
    ),
    "text/many_functions": _program(
        _TOO_LONG,
        "A hundred thousand functions.",
        "".join(f"def f{n}(): pass\n" for n in range(100_000)) + _WRONG,
        tight=True,
    ),
    "text/constant_folding": _program(
        f"wrong_answer | {_REFUSED}",
        "Constants that folding would blow up.",
        _WRONG + "x = 'a' * 4096\ny = (((2 ** 99) ** 99) ** 99) ** 99 if 0 else 0\n",
        tight=True,
    ),
    "controls/crlf_lines": _program("passed", "Lines that end in CR LF.", _RIGHT.replace("\n", "\r\n")),
    "controls/cr_lines": _program("passed", "Lines that end in CR alone.", _RIGHT.replace("\n", "\r")),
    "controls/cookie_latin": _program(
        "passed", "A cookie for another encoding, which text ignores.", ""
    ).replace("# problem", "# -*- coding: latin-1 -*-\n# problem", 1)
    + "def add(a, b):\n    return a + b if len('é') == 1 else None\n",
    "controls/no_final_newline": _program("passed", "No line end after the last line.", _RIGHT.rstrip("\n")),
    "controls/long_lines": _program(
        "passed", "A line of a hundred thousand characters.", _RIGHT + "x = [" + "1, " * 33_000 + "]\n"
    ),
    "controls/many_arguments": _program(
        "passed",
        "A function of a thousand parameters.",
        f"def many({', '.join(f'a{n}=0' for n in range(1_000))}): return a0 + a999\n"
        "def add(a, b): return many(a, a999=b)\n",
    ),
    "controls/tab_indentation": _program("passed", "Indented with tabs.", _RIGHT.replace("    ", "\t")),
    "controls/odd_whitespace": _program(
        "passed", "Form feeds and trailing blanks.", "\f\n" + _RIGHT.replace(":\n", ":   \t \n") + "\n\n   \n"
    ),
}
