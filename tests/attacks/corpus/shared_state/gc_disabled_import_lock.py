# problem: add
# verdict: wrong_answer | timed_out
# why: Holds the import lock for ever.
# limits: tight
import _imp

_imp.acquire_lock()


def add(a, b):
    import threading
    thread = threading.Thread(target=__import__, args=("this_is_not_there",))
    thread.start()
    thread.join()
    return 0
