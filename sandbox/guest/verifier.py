"""Decide which programs may run in the shared process, and compile them.

A program is accepted when its syntax tree stays within the small language of `allowlist`, which `syntax_walk`
checks: it can then neither reach nor change what another program sees. What is not listed is refused; that
costs a program only its own process.

Names are checked without regard to scope, which can only refuse more; where scope decides, the compiled code
is checked. Untrusted, and works on untrusted text; standard library only.
"""

from collections.abc import Callable
from types import CodeType
from typing import Any, Final

from sandbox.guest.allowlist import ALL_BUILTINS, BUILTINS
from sandbox.guest.responder import VerifierRefusedError
from sandbox.guest.syntax_walk import check_syntax

__all__ = ["verified"]

MOST_CHARACTERS: Final = 50_000

# The builtins that a program must not reach. A program may use their names for variables of its own.
_BLOCKED: Final = ALL_BUILTINS - BUILTINS - {"__name__", "True", "False", "None", "type"}


def verified(
    source: str,
    name: str,
    is_absent: Callable[[str], bool] = lambda _module: False,
    entry_point: str = "",
) -> CodeType:
    """Compile a program that may share a process with others.

    Args:
        source: the text, of any length and content.
        name: what tracebacks call it.
        is_absent: whether there is no top-level module of a name; to import one is an error and nothing else.
        entry_point: the name that will be looked up once the program has run.

    Raises:
        VerifierRefusedError: it may not.
        SyntaxError: it is no Python; or whatever else `compile` raises for its text.
    """
    if len(source) > MOST_CHARACTERS:
        raise VerifierRefusedError("a long text")
    only_tree = 0x400
    tree: Any = compile(source, name, "exec", only_tree, dont_inherit=True)
    try:
        hidden = check_syntax(tree, is_absent, entry_point)
    except VerifierRefusedError:
        raise
    except Exception as error:  # noqa: BLE001 - else it would count as what the compiler says of the text
        raise VerifierRefusedError(f"a tree that is not understood: {type(error).__name__}") from None
    try:
        code: CodeType = compile(tree, name, "exec", dont_inherit=True)
    except RecursionError:
        raise VerifierRefusedError("a deep tree") from None
    _check_names(code, hidden)
    return code


def _check_names(code: CodeType, hidden: set[str]) -> None:
    """Refuse code that would look for a blocked builtin: here the compiler has settled what each name is.

    So it has for names that only annotations used: statements that never come to bind a name, as in a main
    block, make it local to their function all the same.
    """
    codes = [code]
    for each in codes:
        if not _BLOCKED.isdisjoint(each.co_names):
            raise VerifierRefusedError(f"the name {next(iter(_BLOCKED.intersection(each.co_names)))}")
        if hidden and not hidden.isdisjoint((*each.co_varnames, *each.co_cellvars, *each.co_freevars)):
            raise VerifierRefusedError("an annotation whose names are local")
        codes += [inner for inner in each.co_consts if inner.__class__ is CodeType]
