# problem: add
# verdict: wrong_answer
# why: Builds the function from text at run time.
source = "def add(a, b):\n    return 0\n"
exec(compile(source, "<test>", "exec"), globals())
