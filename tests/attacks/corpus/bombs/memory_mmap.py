# problem: add
# verdict: wrong_answer | out_of_memory | runtime_error | timed_out
# why: Anonymous shared mappings instead of the heap.
# unsafe: true
import mmap

keep = []


def add(a, b):
    try:
        while True:
            block = mmap.mmap(-1, 64 << 20)
            block[::4096] = b"\x01" * (len(block) // 4096)
            keep.append(block)
    except (OSError, ValueError, MemoryError):
        keep.clear()
    return None
