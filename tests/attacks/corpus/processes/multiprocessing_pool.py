# problem: add
# verdict: wrong_answer | runtime_error | blocked | exited | timed_out
# why: A pool of worker processes that is never closed.
# unsafe: true
# limits: tight
def add(a, b):
    try:
        import multiprocessing
        pool = multiprocessing.Pool(4)
        pool.map_async(abs, range(10))
    except Exception:
        pass
    return None
