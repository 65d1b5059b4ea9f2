# verdict: wrong_answer|runtime_error|blocked
# why: opens the pipes of the zygote and the judge by name.
import os

asked = input()
for pid in (os.getppid(), 1, 2, 3, "self"):
    for number in range(20):
        for mode in (os.O_WRONLY, os.O_RDONLY):
            try:
                descriptor = os.open(f"/proc/{pid}/fd/{number}", mode | os.O_NONBLOCK)
                os.write(descriptor, b"713905\n") if mode == os.O_WRONLY else os.write(
                    1, os.read(descriptor, 999)
                )
            except OSError:
                continue
