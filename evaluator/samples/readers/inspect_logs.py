"""Inspect's logs: `.eval` (a zip with one JSON file a sample) and `.json` (one object).

The answer is the model's chat message; it is taken as a continuation of the prompt, so logs of chat models
usually need `--sanitize`, which is never applied silently.
"""

import importlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from evaluator.errors import SamplesError
from evaluator.files.jsonl import READ_LIMITS, is_gzip, open_plain
from evaluator.problems import ProblemSet
from evaluator.samples.notes import Notes
from evaluator.samples.sample import Sample
from evaluator.samples.task_ids import known_task_id

__all__ = ["read"]

_LOG_BYTES: Final = 1 << 30
_PACKED_LOG_BYTES: Final = (
    1 << 28
)  # of a gzip; a file's own size says how much memory it will take, a gzip's not
_ZSTANDARD: Final = 93  # PKWARE's number for it
_HEADER_BYTES: Final = 30


def read(path: Path, problems: ProblemSet, notes: Notes) -> Iterator[Sample]:
    """Yield one sample for every sample and epoch in a log, in the log's order.

    Samples that ended in an error and have no answer are left out, and noted as unanswered.

    Raises:
        SamplesError: the file is not a log, is damaged, or a sample has no answer without an error.
    """
    notes.clear()
    documents = _from_zip(path) if zipfile.is_zipfile(path) else _from_json(path)
    for place, document in documents:
        if document.get("error") and not _has_answer(document):
            notes.unanswered.append(place)
            continue
        task_id, text = known_task_id(document.get("id"), problems, place), _answer(document, place)
        row = {"task_id": task_id, "completion": text, "epoch": document.get("epoch")}
        yield Sample(task_id, text, whole=False, row=row, place=place)


def _from_zip(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [entry for entry in archive.infolist() if _is_sample(entry.filename)]
            if not members:
                raise SamplesError(f"{path}: a zip without samples/*.json; is it an Inspect log?")
            most = READ_LIMITS.ceiling(path.stat().st_size, compressed=True)
            if sum(entry.file_size for entry in members) > most:
                raise SamplesError(f"{path}: more than {most:,} bytes when unpacked: a zip bomb?")
            for entry in members:
                place = f"{path}: {entry.filename}"
                if max(entry.file_size, entry.compress_size) > READ_LIMITS.line_bytes:
                    raise SamplesError(f"{place} is over {READ_LIMITS.line_bytes:,} bytes")
                yield place, _object(_member(archive, entry, place), place)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError) as bad:
        raise SamplesError(f"{path}: damaged zip ({bad})") from bad


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, place: str) -> bytes:
    if entry.compress_type != _ZSTANDARD:
        with archive.open(entry) as file:
            return file.read(READ_LIMITS.line_bytes)
    raw = _unpacked(_packed(archive, entry), entry.file_size, place)
    if zlib.crc32(raw) != entry.CRC:
        raise zipfile.BadZipFile(f"bad CRC-32 for {entry.filename}")
    return raw


def _packed(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Return a member's bytes as they are in the file."""
    assert archive.fp is not None
    archive.fp.seek(entry.header_offset)
    header = archive.fp.read(_HEADER_BYTES)
    if len(header) < _HEADER_BYTES:
        raise zipfile.BadZipFile(f"no header for {entry.filename}")
    more = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    archive.fp.seek(more, os.SEEK_CUR)  # a name and an extra field stand before them
    return archive.fp.read(entry.compress_size)


def _unpacked(packed: bytes, size: int, place: str) -> bytes:
    """Return Zstandard's content; `zipfile` knows it from Python 3.14 on, pyarrow always."""
    try:
        pa = importlib.import_module("pyarrow")
    except ImportError as missing:
        raise SamplesError(
            f"{place}: packed with Zstandard, which needs pyarrow; install passlaw[parquet], or write the "
            "log as JSON with 'inspect log convert --to json'"
        ) from missing
    with pa.CompressedInputStream(pa.BufferReader(packed), "zstd") as stream:
        content: bytes = stream.read(size + 1)
    return content


def _from_json(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    most = _PACKED_LOG_BYTES if is_gzip(path) else _LOG_BYTES
    with open_plain(path) as (file, _):
        raw = file.read(most + 1)
    if len(raw) > most:
        raise SamplesError(f"{path}: a .json log over {most:,} bytes; convert it with 'inspect log convert'")
    samples = _object(raw, str(path)).get("samples")
    if not isinstance(samples, list) or not all(isinstance(sample, Mapping) for sample in samples):
        raise SamplesError(f"{path}: no list of samples in it; is it an Inspect log of a finished run?")
    for index, sample in enumerate(samples):
        yield f"{path}: samples[{index}]", sample


def _is_sample(name: str) -> bool:
    return name.startswith("samples/") and name.endswith(".json")


def _object(raw: bytes, place: str) -> Mapping[str, Any]:
    try:
        value = json.loads(raw.decode("utf-8-sig"))
    except json.JSONDecodeError as bad:
        raise SamplesError(f"{place}:{bad.lineno}:{bad.colno}: broken JSON ({bad.msg})") from bad
    except (UnicodeDecodeError, RecursionError, ValueError) as bad:
        raise SamplesError(f"{place}: not readable JSON ({type(bad).__name__})") from bad
    if not isinstance(value, Mapping):
        raise SamplesError(f"{place}: not a JSON object")
    return value


def _answer(document: Mapping[str, Any], place: str) -> str:
    try:
        content = document["output"]["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError) as bad:
        raise SamplesError(
            f"{place}: no answer (no output.choices[0].message.content); run that sample again, or drop it"
        ) from bad
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    texts = [part for part in parts if isinstance(part, Mapping) and part.get("type", "text") == "text"]
    return "".join(str(part.get("text", "")) for part in texts)


def _has_answer(document: Mapping[str, Any]) -> bool:
    try:
        return bool(document["output"]["choices"][0]["message"]["content"])
    except (KeyError, IndexError, TypeError):
        return False
