# problem: add
# verdict: passed
# why: Threads that are joined.
import threading


def add(a, b):
    parts = []
    threads = [threading.Thread(target=parts.append, args=(part,)) for part in (a, b)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(parts)
