# problem: add
# verdict: passed
# why: Many modules of the standard library.
import argparse, array, base64, bisect, calendar, cmath, collections, contextlib, copy, csv, datetime, decimal
import difflib, enum, fractions, functools, hashlib, heapq, html, io, itertools, json, logging, math, numbers, operator
import os, pathlib, pickle, pprint, queue, random, re, secrets, shlex, sqlite3, statistics, string, struct, sys, textwrap
import threading, time, timeit, traceback, types, typing, unicodedata, unittest, uuid, warnings, weakref, xml.etree.ElementTree
import zlib, zoneinfo, bz2, lzma, ctypes, asyncio, concurrent.futures, multiprocessing, subprocess, tempfile, inspect, ast


def add(a, b):
    return a + b
