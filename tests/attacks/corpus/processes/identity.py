# problem: add
# verdict: wrong_answer | runtime_error | blocked
# why: Changes of user and group, to root and to nobody.
# unsafe: true
import os


def add(a, b):
    for change in (
        lambda: os.setuid(0),
        lambda: os.setresuid(0, 0, 0),
        lambda: os.setgroups([0]),
        lambda: os.setgid(0),
        lambda: os.initgroups("root", 0),
        lambda: os.setreuid(65534, 0),
    ):
        try:
            change()
        except OSError:
            pass
    return None
