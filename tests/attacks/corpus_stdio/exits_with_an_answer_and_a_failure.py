# verdict: wrong_answer|runtime_error
# why: an exit status that is not 0 beside an output.
import sys

print("713905")
sys.exit(3)
