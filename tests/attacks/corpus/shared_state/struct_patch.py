# problem: add
# verdict: wrong_answer | runtime_error | crashed | output_limit | exited
# why: struct, marshal, json and pickle answer with the candidate's bytes.
import json
import marshal
import pickle
import struct


def lie(*args, **kwargs):
    return b"passed"


struct.pack = struct.Struct.pack if False else lie
struct.unpack = lambda *args: (5,)
json.dumps = marshal.dumps = pickle.dumps = lie
json.loads = marshal.loads = pickle.loads = lambda *args: 5


def add(a, b):
    return 0
