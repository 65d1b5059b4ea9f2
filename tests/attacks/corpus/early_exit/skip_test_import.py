# problem: add
# verdict: runtime_error
# why: The same at import.
import unittest

raise unittest.SkipTest("not today")
