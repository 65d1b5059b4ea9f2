# verdict: crashed|wrong_answer
# why: answers on every descriptor, as if the judge read one that is not its output.
import os

asked = input()
for descriptor in range(256):
    for said in (b"\0\0\0\0R", b"\1\0\0\0V\1", b"713905\n"):
        try:
            os.write(descriptor, said)
        except OSError:
            break
