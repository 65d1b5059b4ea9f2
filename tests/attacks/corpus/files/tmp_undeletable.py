# problem: add
# verdict: wrong_answer
# why: Files that resist removal: no permissions, held open, mapped, in a directory that is someone's cwd.
# unsafe: true
import mmap
import os

keep = []


def add(a, b):
    try:
        os.makedirs("/tmp/cwd/inner", exist_ok=True)
        os.chdir("/tmp/cwd/inner")
        handle = open("/tmp/held", "w+b")
        handle.write(b"x" * 8192)
        handle.flush()
        keep.extend([handle, mmap.mmap(handle.fileno(), 8192)])
        os.chmod("/tmp/cwd/inner", 0o000)
        os.chmod("/tmp/cwd", 0o000)
        os.system("chattr +i /tmp/held")
    except OSError:
        pass
    return None
