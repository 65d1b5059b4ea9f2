"""What is asked of a model: its name, the form of the prompt, and every sampling setting."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from evaluator.errors import UsageError

__all__ = ["CODE_STOPS", "GenerationSettings"]

# Where a continuation of a function ends: four of the five of the Codex paper (arXiv 2107.03374, section
# 2.2), because OpenAI's API takes four at most. The fifth is "\n#".
CODE_STOPS: Final = ("\nclass", "\ndef", "\nif", "\nprint")
_SENT_BY_US: Final = frozenset(
    {"model", "prompt", "messages", "n", "stream", "temperature", "top_p", "max_tokens", "stop", "seed"}
)


@dataclass(frozen=True, slots=True)
class GenerationSettings:
    """Settings on which the text of a completion depends.

    Attributes:
        model: the model's name at the endpoint.
        chat: ask `/chat/completions` with one message rather than `/completions` with a text to continue.
        n: completions of each problem.
        temperature: of sampling; 0 is greedy.
        top_p: nucleus sampling; the endpoint's own default if None.
        max_tokens: the most tokens of an answer, reasoning included.
        stop: sequences that end an answer; None: `CODE_STOPS` for completions, none for chat.
        seed: each completion gets a seed of its own that follows from this one; None sends no seed.
        template: the text of a request, with `{prompt}` where the problem's belongs; None: one that suits the
            kind of the problem, see `prompts.template_of`.
        system: a system message before the prompt; chat only.
        extra: further fields of the request's body, such as `{"top_k": 40}`.

    Raises:
        UsageError: one is outside its range.
    """

    model: str
    chat: bool = False
    n: int = 20
    temperature: float = 0.8
    top_p: float | None = None
    max_tokens: int = 1024
    stop: tuple[str, ...] | None = None
    seed: int | None = None
    template: str | None = None
    system: str | None = None
    extra: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.model.strip():
            raise UsageError("no model; give its name at the endpoint", option="model")
        if self.n < 1 or self.max_tokens < 1:
            name = "n" if self.n < 1 else "max_tokens"
            raise UsageError(f"{name}: {getattr(self, name)} is not a whole number from 1")
        if not 0.0 <= self.temperature <= 10.0:
            raise UsageError(f"temperature: {self.temperature} is not a number from 0 to 10")
        if self.top_p is not None and not 0.0 < self.top_p <= 1.0:
            raise UsageError(f"top_p: {self.top_p} is not above 0 and at most 1")
        if self.template is not None and "{prompt}" not in self.template:
            raise UsageError("the template has no {prompt}; write it where the problem's text belongs")
        if self.system is not None and not self.chat:
            raise UsageError("a system message is for chat", option="chat")
        self._check_extra()

    def _check_extra(self) -> None:
        if known := sorted(self.extra.keys() & _SENT_BY_US):
            raise UsageError(f"extra: {known[0]!r} has an option of its own; use that")
        try:
            json.dumps(dict(self.extra), allow_nan=False)
        except (TypeError, ValueError) as bad:
            raise UsageError(f"extra: cannot be sent as JSON ({bad})") from bad

    @property
    def stops(self) -> tuple[str, ...]:
        """Return the stop sequences that are sent."""
        if self.stop is not None:
            return self.stop
        return () if self.chat else CODE_STOPS

    def seed_of(self, task_id: str, sample: int) -> int | None:
        """Return the seed of one completion, 31 bits; None if there is no seed.

        With one seed for all, an endpoint would answer a problem with the same text n times.
        """
        if self.seed is None:
            return None
        text = f"{self.seed}\0{sample}\0{task_id}".encode("utf-8", "surrogatepass")
        return int.from_bytes(hashlib.sha256(text).digest()[:4]) & 0x7FFF_FFFF

    def body(self, task_id: str, sample: int) -> dict[str, object]:
        """Return the fields of a request apart from the prompt."""
        limit = {} if "max_completion_tokens" in self.extra else {"max_tokens": self.max_tokens}
        given = {"top_p": self.top_p, "stop": list(self.stops) or None, "seed": self.seed_of(task_id, sample)}
        known = {name: value for name, value in given.items() if value is not None}
        return {"model": self.model, "temperature": self.temperature, **limit, **known}

    def as_dict(self) -> dict[str, object]:
        """Return the settings as the record holds them, apart from the templates."""
        return {
            "model": self.model,
            "endpoint": "chat/completions" if self.chat else "completions",
            "n": self.n,
            "temperature": self.temperature,
            "top_p": self.top_p,
            "max_tokens": self.max_tokens,
            "stop": list(self.stops),
            "seed": self.seed,
            "system": self.system,
            "extra": dict(self.extra),
        }
