# problem: add
# verdict: wrong_answer | runtime_error | crashed | output_limit | exited
# why: os.write, os.read and the socket class replaced.
import os
import socket


def lie(*args, **kwargs):
    return 6


os.write = os.read = lie
socket.socket = type("socket", (), {"send": lie, "recv": lie, "sendall": lie})


def add(a, b):
    return 0
