# problem: add
# verdict: runtime_error | wrong_answer
# why: ANSI, HTML, CSV and line breaks in a message that a person will read.
def add(a, b):
    raise ValueError("\x1b[2J\x1b[32mPASSED\x1b[0m\r\n<script>alert(1)</script>\n=cmd|' /C calc'!A0,\"passed\"\x00\x07\u202e")
