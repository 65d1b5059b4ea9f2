# problem: decode_shift
# verdict: passed
# why: The prompt's helper written again, to the same effect.
def encode_shift(text):
    return "".join(chr((ord(letter) - ord("a") + 5) % 26 + ord("a")) for letter in text)


def decode_shift(text):
    return "".join(chr((ord(letter) - ord("a") - 5) % 26 + ord("a")) for letter in text)
