# problem: add
# verdict: wrong_answer | exited | runtime_error | crashed
# why: An audit hook that raises SystemExit inside the machinery.
import sys

armed = []


def hook(event, args):
    if armed and event.startswith(("socket", "os", "open", "import", "exec", "sys")):
        raise SystemExit(0)


sys.addaudithook(hook)


def add(a, b):
    armed.append(1)
    return 0
