# problem: add
# verdict: exited | crashed | runtime_error | timed_out | wrong_answer
# why: Ends the main thread alone and leaves another one running.
# unsafe: true
# limits: tight
def add(a, b):
    import ctypes
    import threading
    import time
    threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()
    ctypes.CDLL(None).syscall(60, 0)
