# verdict: wrong_answer
# why: ends with status 0 before it has written anything.
import os

os._exit(0)
