"""Names of things that a program's text uses and an honest solution hardly ever does.

They stand beside the verdict and never change it: all of them can be innocent, and none is needed to cheat.
A look for a few words comes first, so that the ordinary text costs a microsecond and is never parsed.
"""

import re
from typing import Final

__all__ = ["source_flags"]

# What is reported; words of which the text must hold one, which is cheap to find out; and what then decides.
FLAG_PATTERNS: Final = {
    "uses:frames": (
        ("frame", "f_back", "f_locals", "f_globals", "tb_next"),
        r"\b(?:_getframe|currentframe|f_back|f_locals|f_globals|tb_frame|tb_next|gi_frame|cr_frame)\b",
    ),
    "uses:gc": (("gc.", "import gc", "from gc"), r"\bgc\.\w|\bimport gc\b|\bfrom gc\b"),
    "uses:ctypes": (("ctypes", "cffi"), r"\b_?ctypes\b|\bcffi\b"),
    "uses:tracing": (
        ("settrace", "setprofile", "sys.monitoring"),
        r"\b(?:settrace|setprofile|settrace_all_threads|setprofile_all_threads)\b|\bsys\.monitoring\b",
    ),
    "uses:exit": (
        ("os._exit", "os.abort", "os.kill", "atexit", "faulthandler"),
        r"\bos\.(?:_exit|abort|kill|killpg)\b|\batexit\b|\bfaulthandler\b",
    ),
    "uses:processes": (
        ("os.fork", "os.exec", "os.posix", "os.popen", "os.system", "subprocess", "multiprocessing"),
        r"\bos\.(?:fork|forkpty|exec[lv]p?e?|posix_spawnp?|popen|system)\b|\bsubprocess\b|\bmultiprocessing\b",
    ),
    "uses:proc": (("/proc/", "/dev/"), r"/proc/(?:self|\d|thread-self)|/dev/(?:mem|kmsg|shm)"),
    "uses:sockets": (("socket",), r"\b(?:import|from) socket\b|\bsocket\.socket\b"),
    "uses:descriptors": (
        ("os.write", "os.read", "os.dup", "os.fdopen", "os.closerange", "os.sendfile"),
        r"\bos\.(?:write|read|dup2?|fdopen|closerange|sendfile)\b",
    ),
    "uses:builtins": (("builtins",), r"\b__builtins__\b|\bimport builtins\b|\bbuiltins\.\w+\s*="),
    "uses:modules": (("sys.modules",), r"\bsys\.modules\b"),
    "uses:code": (
        ("co_co", "__code__", "__closure__", "__subclasses__", "__globals__"),
        r"\b(?:co_consts|co_code|__code__|__closure__|__subclasses__|__globals__)\b",
    ),
    "overrides:equality": (
        ("__eq__", "__ne__", "__instancecheck__", "__subclasscheck__"),
        r"\bdef __(?:eq|ne|instancecheck|subclasscheck)__\b|\b__eq__\s*=",
    ),
}
_COMPILED: Final = tuple(
    (name, words, re.compile(pattern)) for name, (words, pattern) in FLAG_PATTERNS.items()
)
_FIRST_LOOK: Final = tuple(word for words, _pattern in FLAG_PATTERNS.values() for word in words)
_LOOKED_AT: Final = 200_000  # characters; a text that is longer is looked at so far


def source_flags(source: str) -> tuple[str, ...]:
    """Return what the text uses, by name, in a fixed order.

    >>> source_flags("def add(a, b): return a + b")
    ()
    >>> source_flags("import sys; sys._getframe(1).f_locals")
    ('uses:frames',)
    """
    text = source[:_LOOKED_AT]
    for word in _FIRST_LOOK:  # a plain loop takes half the time of `any`
        if word in text:
            return _found_in(text)
    return ()


def _found_in(text: str) -> tuple[str, ...]:
    return tuple(
        name
        for name, words, pattern in _COMPILED
        if any(word in text for word in words) and pattern.search(text)
    )
