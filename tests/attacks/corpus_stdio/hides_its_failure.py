# verdict: wrong_answer|runtime_error
# why: hooks that end the process with status 0 while an exception is on its way.
import os
import sys

sys.excepthook = lambda *_said: os._exit(0)
raise ValueError
