# problem: reverse_words
# verdict: wrong_answer | timed_out
# why: One call into C that does not return for ages and checks no signals.
# limits: tight
import re


def reverse_words(text):
    return re.match(r"(a|aa)+$", "a" * 60 + "b")
