# problem: add
# verdict: wrong_answer | runtime_error | blocked
# why: System V shared memory, semaphores and message queues, which outlive every process.
# unsafe: true
def add(a, b):
    try:
        import ctypes
        library = ctypes.CDLL(None)
        library.shmget(0x5041, 4096, 0o1666)
        library.semget(0x5041, 1, 0o1666)
        library.msgget(0x5041, 0o1666)
    except Exception:
        pass
    return None
