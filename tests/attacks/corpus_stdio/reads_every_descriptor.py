# verdict: wrong_answer
# why: reads whatever it can from every descriptor: other inputs, expected outputs.
import os

asked = input()
said = []
for descriptor in range(256):
    try:
        os.set_blocking(descriptor, False)
        said.append(os.read(descriptor, 65536).decode("latin-1"))
    except OSError:
        continue
print(*said)
