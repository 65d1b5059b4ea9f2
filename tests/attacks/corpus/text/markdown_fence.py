# problem: add
# verdict: syntax_error
# why: The whole completion in a Markdown fence.
```python
def add(a, b):
    return 0
```
