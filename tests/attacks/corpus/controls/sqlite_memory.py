# problem: add
# verdict: passed
# why: A database in memory.
import sqlite3


def add(a, b):
    connection = sqlite3.connect(":memory:")
    (total,) = connection.execute("select ? + ?", (a % 1000, b % 1000)).fetchone()
    connection.close()
    return a + b if total == a % 1000 + b % 1000 else None
