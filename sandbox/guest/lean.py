"""What a program finds in a process forked from the lean template: builtins, `math`, and forms of `typing`.

Most programs import nothing else, and a small image is cheap to fork. Whatever else a program asks for ends
its process with `NOT_HERE`, at once and whatever it catches, and the judge runs it in a process that has it.
So does all that would tell these forms of `typing` from the real ones.

Runs on the untrusted side; standard library only.
"""

import _warnings
import builtins
import math
import os
import types
from typing import Any, Final, NoReturn

from sandbox.guest.allowlist import TYPING

__all__ = ["NOT_HERE", "install"]

NOT_HERE: Final = 77  # exit status: the program needs more than is here
_SPECIAL_FORMS: Final = frozenset({"Optional", "Union"})


def install() -> None:
    """Have imports find what is here, and nothing else, from now on."""
    typing = _Typing()
    here = {"math": math, "typing": typing}

    # Its parameters have the names of those of `__import__`: the library calls it by them.
    def find(
        name: str,
        globals: object = None,  # noqa: A002, ARG001
        locals: object = None,  # noqa: A002, ARG001
        fromlist: object = (),  # noqa: ARG001
        level: int = 0,
    ) -> object:
        found = here.get(name)
        if found is None or level:
            _leave()
        return found

    vars(builtins)["__import__"] = find
    # To show a warning takes modules that are not here, and nobody would see it.
    _warnings.filters.insert(0, ("ignore", None, Warning, None, 0))
    mutated: Any = _warnings
    mutated._filters_mutated()  # noqa: SLF001 - what `warnings` itself calls


def _leave(*_arguments: object, **_more: object) -> NoReturn:
    os._exit(NOT_HERE)


class _Form:
    """Stands for a form of `typing` in an annotation; any other use of it leaves this process."""

    __slots__ = ("_known",)

    def __init__(self, name: str, arity: int) -> None:
        self._known = (name, arity)

    def __getitem__(self, given: object) -> "_Form":
        name, arity = self._known
        parts = given if type(given) is tuple else (given,)
        if name == "Callable" and len(parts) == 2:
            first = parts[0]
            parts = (*first, parts[1]) if type(first) is list else parts[first is ... :]
        elif name == "Tuple" and len(parts) == 2 and parts[1] is ...:
            parts = parts[:1]
        elif len(parts) != arity and (arity >= 0 or not parts):
            _leave()
        if not arity or not all(map(_is_parameter, parts)):
            _leave()
        return _ANY

    __call__ = __getattr__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __hash__ = _leave
    __or__ = __ror__ = __repr__ = __str__ = __format__ = __iter__ = __len__ = __contains__ = _leave
    # What the interpreter says of operations that there are not names the class.
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __matmul__ = __rmatmul__ = _leave
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = _leave
    __divmod__ = __rdivmod__ = __pow__ = __rpow__ = __lshift__ = __rlshift__ = __rshift__ = __rrshift__ = (
        _leave
    )
    __and__ = __rand__ = __xor__ = __rxor__ = __neg__ = __pos__ = __invert__ = __abs__ = __round__ = _leave
    __trunc__ = __floor__ = __ceil__ = __int__ = __float__ = __complex__ = __index__ = __bytes__ = _leave
    __setitem__ = __delitem__ = __next__ = __reversed__ = __enter__ = __exit__ = __fspath__ = _leave
    __await__ = __aiter__ = __anext__ = __aenter__ = __aexit__ = _leave
    __instancecheck__ = __subclasscheck__ = __mro_entries__ = __reduce_ex__ = __dir__ = __bool__ = _leave


def _is_parameter(each: object) -> bool:
    """Return whether a form of `typing` takes this as a parameter, beyond doubt."""
    kind = type(each)
    if kind is _Form:
        return _KNOWN(each)[0] not in _SPECIAL_FORMS
    return each is None or kind is type or kind is types.GenericAlias or kind is types.UnionType


_KNOWN: Final[Any] = vars(_Form)["_known"].__get__  # without what a form does when it is looked into
_ANY: Final = _Form("Any", 0)


class _Typing:
    """Stands for the module `typing`."""

    def __init__(self) -> None:
        vars(self).update({name: _Form(name, arity) for name, arity in TYPING.items()} | {"Text": str})

    __getattr__ = __setattr__ = __delattr__ = _leave
    __call__ = __eq__ = __ne__ = __hash__ = __repr__ = __str__ = __dir__ = __reduce_ex__ = _leave
