# problem: add
# verdict: wrong_answer | runtime_error
# why: POSIX shared memory and semaphores that outlive the process.
# unsafe: true
def add(a, b):
    try:
        from multiprocessing import shared_memory
        shared_memory.SharedMemory(name="passlaw_attack", create=True, size=4096)
    except Exception:
        pass
    try:
        import _multiprocessing
        _multiprocessing.SemLock(0, 1, 1, "/passlaw_attack", False)
    except Exception:
        pass
    return None
