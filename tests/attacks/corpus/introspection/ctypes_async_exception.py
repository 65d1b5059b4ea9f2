# problem: add
# verdict: wrong_answer | runtime_error | exited
# why: Raises SystemExit inside the main thread from another one.
def add(a, b):
    try:
        import ctypes
        import threading
        for thread in threading.enumerate():
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(SystemExit))
    except Exception:
        pass
    return 0
