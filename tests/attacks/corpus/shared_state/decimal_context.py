# problem: add
# verdict: wrong_answer
# why: Decimal arithmetic with one digit for everyone who comes after.
import decimal

decimal.getcontext().prec = 1
decimal.DefaultContext.prec = 1
decimal.setcontext(decimal.DefaultContext)


def add(a, b):
    return decimal.Decimal(a) * 0
