# problem: add
# verdict: wrong_answer
# why: Warnings become errors, the locale changes, the hash and switch settings move.
import locale
import sys
import warnings

warnings.simplefilter("error")
sys.setswitchinterval(1000)
try:
    locale.setlocale(locale.LC_ALL, "C")
except locale.Error:
    pass


def add(a, b):
    return 0
