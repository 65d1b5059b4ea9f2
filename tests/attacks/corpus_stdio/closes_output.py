# verdict: wrong_answer
# why: closes its output and ends well.
import os

os.close(1)
