"""A real OpenAI-compatible server (llama.cpp's) with a tiny model that is made on the spot.

The model is a table: the logits of the next byte, given the last one. Its blocks do nothing, the embedding of a
byte is a unit vector, and the output layer holds the table, so that a test decides what the model says.
"""

import contextlib
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import gguf
import numpy as np

__all__ = ["END", "running_server", "says", "table_model"]

END: Final = 256  # the token that ends an answer
_TOKENS: Final = 257
_WIDTH: Final = 288
_CONTEXT: Final = 2048
_CHAT: Final = "{% for each in messages %}{{ each['role'] }}: {{ each['content'] }}\n{% endfor %}assistant: "
_SERVE: Final = """
import sys, xllamacpp
parameters = xllamacpp.CommonParams()
parameters.model.path = sys.argv[1]
parameters.n_parallel, parameters.n_ctx, parameters.warmup = 4, 8192, False
parameters.cpuparams.n_threads = 1
server = xllamacpp.Server(parameters)
print(server.listening_address, flush=True)
sys.stdin.read()
"""


def says(transitions: Mapping[str, Mapping[str, float]], otherwise: str = "\n") -> np.ndarray:
    """Return a table: after each of the characters given, the next ones with these logits, '' for the end.

    After any other character comes `otherwise`.
    """
    table = np.full((_TOKENS, _TOKENS), -40.0, dtype=np.float32)
    table[:, ord(otherwise)] = 0.0
    for last, following in transitions.items():
        table[ord(last)] = -40.0
        for text, logit in following.items():
            table[ord(last), ord(text) if text else END] = logit
    return table


def table_model(path: Path, table: np.ndarray) -> Path:
    """Write a model in llama.cpp's format that draws the next byte by a table [last, next] of logits."""
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_context_length(_CONTEXT)
    writer.add_embedding_length(_WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(32)
    writer.add_head_count(2)
    writer.add_head_count_kv(2)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_dimension_count(_WIDTH // 2)
    writer.add_vocab_size(_TOKENS)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([*_byte_characters(), "<|end|>"])
    writer.add_token_types([gguf.TokenType.NORMAL] * 256 + [gguf.TokenType.CONTROL])
    writer.add_token_merges(["a b"])  # the format wants one; it joins nothing, as "ab" is no token
    writer.add_bos_token_id(END)
    writer.add_eos_token_id(END)
    writer.add_add_bos_token(value=False)
    writer.add_chat_template(_CHAT)
    for name, tensor in _tensors(table).items():
        writer.add_tensor(name, tensor.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _tensors(table: np.ndarray) -> dict[str, np.ndarray]:
    # The norm makes a unit vector sqrt(width) long, which the output layer takes back.
    output = np.zeros((_TOKENS, _WIDTH))
    output[:, :_TOKENS] = table.T / np.sqrt(_WIDTH)
    block = {
        **{f"blk.0.attn_{name}.weight": np.zeros((_WIDTH, _WIDTH)) for name in ("q", "k", "v", "output")},
        **{f"blk.0.ffn_{name}.weight": np.zeros((32, _WIDTH)) for name in ("gate", "up")},
        "blk.0.ffn_down.weight": np.zeros((_WIDTH, 32)),
    }
    norms = ("output_norm.weight", "blk.0.attn_norm.weight", "blk.0.ffn_norm.weight")
    return {
        "token_embd.weight": np.eye(_TOKENS, _WIDTH),
        "output.weight": output,
        **block,
        **{name: np.ones(_WIDTH) for name in norms},
    }


def _byte_characters() -> list[str]:
    """Return GPT-2's character for each byte: itself if it prints, else one from 256 on."""
    printing = {*range(33, 127), *range(161, 173), *range(174, 256)}
    others = iter(range(256, 512))
    return [chr(byte if byte in printing else next(others)) for byte in range(256)]


@contextlib.contextmanager
def running_server(model: Path) -> Iterator[str]:
    """Serve a model in a process of its own; yields the URL of its API, which ends in `/v1`."""
    log = model.with_suffix(".log")
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-c", _SERVE, str(model)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        with process:
            assert process.stdin is not None
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            assert address, log.read_text()[-2000:]
            try:
                yield f"{address}/v1"
            finally:
                process.kill()
