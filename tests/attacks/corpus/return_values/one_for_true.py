# problem: is_palindrome
# verdict: wrong_answer
# why: 1 == True, but `is True` asks for identity.
def is_palindrome(text):
    return 1 if text == text[::-1] else 0
