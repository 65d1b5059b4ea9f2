# problem: add
# verdict: wrong_answer | runtime_error | syntax_error | timed_out | out_of_memory | crashed
# why: A constant that is a billion bytes once it is folded, and many of them.
# unsafe: true
# limits: tight
source = "def add(a, b):\n    return 0\n" + "".join(f"x{n} = 'a' * 4096\n" for n in range(200_000))
exec(source, globals())
