# problem: reverse_words
# verdict: wrong_answer
# why: Poisons the cache of compiled patterns and of lines.
import linecache
import re


class Pattern:
    def __getattr__(self, name):
        return lambda *args, **kwargs: self

    def __bool__(self):
        return True


class Cache(dict):
    def __getitem__(self, key):
        return Pattern()


re._cache = Cache()
re.compile = lambda *args, **kwargs: Pattern()
linecache.cache.clear()


def reverse_words(text):
    return "wrong"
