# problem: is_palindrome
# verdict: wrong_answer
# why: A constant.
def is_palindrome(text):
    return True
