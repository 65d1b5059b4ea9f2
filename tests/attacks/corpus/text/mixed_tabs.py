# problem: add
# verdict: syntax_error
# why: Tabs and spaces mixed.
def add(a, b):
	if a:
        return 0
	return 1
