# verdict: runtime_error
# why: reads beyond the end of its input, where another test's would be.
asked = [input() for _ in range(10)]
print(*asked)
