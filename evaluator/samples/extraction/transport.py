"""What a chat template or a server left around an answer: reasoning, turns, end-of-text tokens."""

import re
from typing import Final, NamedTuple

__all__ = ["Answer", "ends_like_an_index", "plain_answer", "split_reasoning"]

_TAGS: Final = r"(?:think|thinking|thoughts?|reasoning|reason|reflection|scratchpad|analysis|cot|seed:think)"
_UNQUOTED: Final = r"(?<!['\"])(?:(?<=```)|(?<!`))"  # a whole fence is no quote
_NOT_QUOTED: Final = r"(?!['\"]|`(?!``))"


def _any_of(*patterns: str) -> str:
    return "(?:" + "|".join(patterns) + ")"


# As models write them: <think> (DeepSeek, Qwen), <thought> (EXAONE), <seed:think>, [THINK] (Mistral),
# triangles (Kimi), <|begin_of_thought|> (Sky-T1), <|START_THINKING|> (Cohere), <unused94> (MedGemma),
# channels (gpt-oss).
_OPENS: Final = re.compile(
    _UNQUOTED
    + _any_of(
        rf"<{_TAGS}(?: [^<>\n]{{0,200}})?>",
        r"\[THINK\]",
        "◁think▷",
        r"<\|(?:begin_of_thought|START_THINKING|think|think_start)\|>",
        "<unused94>",
        r"(?:<\|start\|>assistant)?<\|channel\|?>(?:analysis|commentary|thought)\b",
    )
    + _NOT_QUOTED,
    re.IGNORECASE,
)
_CLOSES: Final = re.compile(
    _UNQUOTED
    + _any_of(
        rf"</{_TAGS}\s?>",
        r"\[/THINK\]",
        "◁/think▷",
        r"<\|(?:end_of_thought|END_THINKING|/think|think_end)\|>",
        "<unused95>",
        r"<\|channel\|>final(?: [^<>\n]{0,100})?<\|message\|>",
        r"<channel\|>",
    )
    + _NOT_QUOTED,
    re.IGNORECASE,
)
_WORDS: Final = _any_of(
    "end_of_turn", "start_of_turn", "end_of_utterance", "end_of_text", "endoftext", "file_sep",
    r"fim_(?:prefix|suffix|middle|pad)", "eo[ahptd]", "_end", r"turn\|", r"\|?im_(?:start|end)\|?",
    r"(?:reserved_|extra_id_|unused)\d{1,3}",
)  # fmt: skip
_TOKEN: Final = re.compile(
    _any_of(
        r"<\|[^\s|<>]{1,40}\|>",
        r"<\|(?:end of text|end of sentence)\|>",
        r"<\uff5c[^\uff5c<>\n]{1,40}\uff5c>",  # DeepSeek's bars
        r"<\|?/s\|?>",
        r"<\|?EOT\|?>",
        r"</?" + _WORDS + ">",
        r"\[\|endofturn\|\]",
        r"\[/?(?:INST|SYS|USER|ASSISTANT)\]",
        "<<SYS>>",
        r"\[end of text\]",
        r"<\|[a-z_]{3,20}\|?\s*+\Z",  # cut off itself
        # These are Python too, so only where nothing follows on the line.
        r"(?:<(?:s|eos|bos|pad|end|unk|EOS|EOD)>|\[(?:EOS|PAD|DONE)\])(?=[ \t]*+(?:\n|\Z|<|\[))",
    )
)
_INDEXED: Final = re.compile(r"\[(?P<name>EOS|PAD|DONE)\]\s*+\Z")
_BEGINS: Final = re.compile(
    r"\s*+"
    + _any_of(
        "<s>",
        "<bos>",
        r"\[gMASK\]",
        "<sop>",
        r"<\|(?:begin_of_text|startoftext|endoftext|BOS_TOKEN)\|>",
        r"<\uff5cbegin▁of▁sentence\uff5c>",
    )
)
_HEADER: Final = _any_of(
    r"<\|im_start\|>", r"<\|start_header_id\|>", r"<\|start\|>", r"<\|header_start\|>", "<start_of_turn>",
    r"<\|start_of_role\|>", r"<\|turn>",
)  # fmt: skip
_HEADER_ENDS: Final = _any_of(
    r"<\|end_header_id\|>", r"<\|header_end\|>", r"<\|end_of_role\|>", r"<\|im_sep\|>", r"<\|im_middle\|>",
)  # fmt: skip
_ASSISTANT: Final = re.compile(
    _any_of(
        rf"{_HEADER}\s?(?:assistant|model|final|chatbot|bot|gpt)[^\n<]{{0,40}}{_HEADER_ENDS}?"
        r"(?:<\|channel\|>final)?(?:<\|message\|>)?\n?",
        r"<\|(?:assistant|CHATBOT_TOKEN)\|>\n?",
        r"<\|START_OF_TURN_TOKEN\|><\|CHATBOT_TOKEN\|>",
        r"<\uff5cAssistant\uff5c>",
        r"\[/INST\]",
        r"<\|(?:START_RESPONSE|begin_of_solution|START_TEXT|message)\|>",
        r"\[\|assistant\|\]",
    )
)
_OTHERS: Final = re.compile(
    r"\s*+"
    + _any_of(
        rf"{_HEADER}\s?(?:system|user|developer|human)",
        r"<\|(?:user|system|USER_TOKEN|SYSTEM_TOKEN)\|>",
        r"<\uff5cUser\uff5c>",
        r"\[INST\]",
        "<<SYS>>",
    )
)
_HEADERS: Final = 20  # taken off before an answer, one after another


class Answer(NamedTuple):
    """An answer's text, and what was taken off it.

    Attributes:
        text: the answer.
        without: for a person: `reasoning`, `end token`, `chat template`.
    """

    text: str
    without: tuple[str, ...]


def plain_answer(text: str) -> Answer:
    """Return what was said, without reasoning, other turns, and what follows an end-of-text token.

    What comes before the last end of a reasoning part is no answer, and neither is a part that begins and
    does not end. Marks that stand in quotes are text.
    """
    without: list[str] = []
    answer = _without_reasoning(text)
    if answer != text:
        text = answer
        without.append("reasoning")
    if ends_like_an_index(text):
        text = text[: text.rindex("[")]
        without.append("end token")
    begun = _begun(text)
    if begun != text:
        text = begun
        without.append("chat template")
    ended = next((mark.start() for mark in _TOKEN.finditer(text) if not _in_string(text, mark)), None)
    if ended is not None:
        text = text[:ended]
        without.append("end token")
    return Answer(text, tuple(without))


def ends_like_an_index(text: str) -> bool:
    """Return whether a text ends in a token such as `[EOS]`, which parses as an index."""
    found = _INDEXED.search(text, max(0, len(text) - 200))
    return found is not None and text.count(found["name"]) == 1


def split_reasoning(text: str) -> tuple[str, str | None]:
    r"""Return an answer without its reasoning parts, and these without their marks; None if there are none.

    >>> split_reasoning("<think>Short.</think>\nreturn 1")
    ('\nreturn 1', 'Short.')
    """
    kept = _answer_spans(text)
    answer = "".join(text[start:end] for start, end in kept)
    if answer == text:
        return text, None
    ends = [0, *(end for _start, end in kept)]
    starts = [*(start for start, _end in kept), len(text)]
    thoughts = (text[end:start] for end, start in zip(ends, starts, strict=True))
    plain = (_CLOSES.sub("", _OPENS.sub("", thought)).strip() for thought in thoughts)
    return answer, "\n".join(each for each in plain if each)


def _without_reasoning(text: str) -> str:
    return "".join(text[start:end] for start, end in _answer_spans(text))


def _answer_spans(text: str) -> list[tuple[int, int]]:
    """Return the parts of a text that are no reasoning, as start and end."""
    kept: list[tuple[int, int]] = []
    at = 0
    openings = list(_OPENS.finditer(text))[::-1]
    for closing in _CLOSES.finditer(text):
        while openings and openings[-1].start() < at:
            openings.pop()
        if openings and openings[-1].start() < closing.start():
            kept.append((at, openings[-1].start()))
        else:
            kept = []
        at = closing.end()
    unfinished = next(
        (found for found in reversed(openings) if found.start() >= at and _at_line(text, found)), None
    )
    return [*kept, (at, unfinished.start() if unfinished else len(text))]


def _at_line(text: str, found: re.Match[str]) -> bool:
    """Whether nothing but space stands before a mark on its line, as far as a template indents."""
    before = text[max(0, found.start() - 80) : found.start()].rpartition("\n")[2]
    return not before.strip()


def _begun(text: str) -> str:
    """Take off what stands before the first answer of a transcript."""
    for _ in range(_HEADERS):
        found = _BEGINS.match(text)
        text = text[found.end() :] if found else text
    if _OTHERS.match(text):
        found = _ASSISTANT.search(text)
        text = text[found.end() :] if found else text
    for _ in range(_HEADERS):
        found = _ASSISTANT.match(text.lstrip())
        text = text.lstrip()[found.end() :] if found else text
    return text


def _in_string(text: str, mark: re.Match[str]) -> bool:
    """Whether quotes stand around a mark on its line, near enough to be a string's."""
    before = text[max(text.rfind("\n", 0, mark.start()) + 1, mark.start() - 200) : mark.start()]
    end = text.find("\n", mark.end(), mark.end() + 200)
    after = text[mark.end() : end if end >= 0 else mark.end() + 200]
    return any(before.count(quote) % 2 and quote in after for quote in ("'", '"', "`"))
