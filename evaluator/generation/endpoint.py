"""The endpoint: one request, one answer, through the `openai` client, which retries with back-off by itself.

A key is sent and kept nowhere: it is taken out of every message.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import urlsplit, urlunsplit

from evaluator.errors import EndpointError, UsageError
from evaluator.files.escaping import printable
from evaluator.generation.settings import GenerationSettings
from evaluator.samples.extraction.transport import split_reasoning

if TYPE_CHECKING:
    import openai

__all__ = ["Answer", "AskingError", "Endpoint", "public_url"]

_NO_KEY: Final = "none"  # the client wants one, and servers without keys take any
_HOPELESS: Final = {401, 403, 404}  # of the key or of the name: no other request would fare better


class AskingError(Exception):
    """One request failed, after all retries; its text says how. Others may not fail."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one request.

    Attributes:
        text: the answer, without reasoning.
        reasoning: what the model thought, where that can be told apart; None where there is none.
        finish_reason: why it ended, in the endpoint's word: `stop`, `length`, ...
        prompt_tokens: tokens of the prompt, as the endpoint counts them; None where it does not.
        completion_tokens: tokens of answer and reasoning.
    """

    text: str
    reasoning: str | None
    finish_reason: str | None
    prompt_tokens: int | None
    completion_tokens: int | None


def public_url(base_url: str) -> str:
    """Return a URL as it may be shown and kept, without its query.

    Raises:
        UsageError: it is no URL of http, or has a password in it, which every user of the machine can see.
    """
    try:
        parts = urlsplit(base_url)
        host = parts.netloc.rpartition("@")[2]
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if good and "@" in parts.netloc:
        raise UsageError(f"{host}: no user or password belongs into the URL; set the variable of the API key")
    if not good:
        raise UsageError("the endpoint's URL must be like http://localhost:8000/v1", option="base_url")
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


class Endpoint:
    """A connection to an endpoint; use it in an `async with` block.

    Args:
        base_url: up to and without `/completions`, such as `http://localhost:8000/v1`.
        key: the API key, if the endpoint wants one.
        settings: what is asked.
        retries: how often a request that failed is sent again: on 408, 409, 429, 5xx, a lost connection and a
            time-out, after half a second and then twice as long each time, or as `Retry-After` says.
        timeout_s: seconds that one try may take.

    Raises:
        UsageError: the URL is none, or the package `openai` is not there.
    """

    def __init__(
        self,
        base_url: str,
        key: str | None,
        settings: GenerationSettings,
        *,
        retries: int,
        timeout_s: float,
    ) -> None:
        self.url = public_url(base_url)
        self._key = key
        self._settings = settings
        try:
            import openai  # noqa: PLC0415 - an extra, and a second of import
        except ImportError as missing:
            raise UsageError("generating needs the package openai; install passlaw[generate]") from missing
        self._openai = openai
        self._client: openai.AsyncOpenAI = openai.AsyncOpenAI(
            base_url=base_url, api_key=key or _NO_KEY, max_retries=retries, timeout=timeout_s
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self._client.close()

    async def ask(self, prompt: str, task_id: str, sample: int) -> Answer:
        """Return the answer to a prompt.

        Raises:
            EndpointError: no request can succeed: the key is refused, or there is no such model or path.
            AskingError: this request failed.
        """
        body: dict[str, Any] = self._settings.body(task_id, sample)
        extra = dict(self._settings.extra) or None
        try:
            if self._settings.chat:
                messages: Any = [{"role": "user", "content": prompt}]
                if self._settings.system is not None:
                    messages.insert(0, {"role": "system", "content": self._settings.system})
                found: Any = await self._client.chat.completions.create(
                    messages=messages, extra_body=extra, **body
                )
            else:
                found = await self._client.completions.create(prompt=prompt, extra_body=extra, **body)
        except self._openai.APIStatusError as error:
            said = self._said(f"{error.status_code} {_message_of(error)}")
            if error.status_code in _HOPELESS:
                raise EndpointError(f"{self.url}: {said}; {_remedy(error.status_code)}") from None
            raise AskingError(said) from None
        except self._openai.APIError as error:
            cause = f" ({error.__cause__})" if error.__cause__ else ""
            raise AskingError(self._said(f"{error.message}{cause}")) from None
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise AskingError(self._said(f"an answer that is no JSON ({error})")) from None
        try:
            return _answer(found, chat=self._settings.chat)
        except (AttributeError, IndexError, TypeError) as error:
            raise AskingError(self._said(f"an answer without the fields of this API ({error})")) from None

    def _said(self, text: str) -> str:
        if self._key:
            text = text.replace(self._key, "[key]")
        return printable(" ".join(text.split()), 300)


def _message_of(error: "openai.APIStatusError") -> str:
    """Return the server's own sentence."""
    body: object = error.body  # the client has taken the field `error` out, where there is one
    said = body.get("message") if isinstance(body, Mapping) else body
    if isinstance(said, str) and said:
        return said
    return f"({error.message})"


def _remedy(status: int) -> str:
    if status == 404:
        return "check the model's name, and that the URL ends where /completions would follow, such as in /v1"
    return "set the variable of the API key to one that may use this model"


def _answer(found: Any, *, chat: bool) -> Answer:  # noqa: ANN401 - checked by use
    choice = found.choices[0]
    usage = found.usage
    if chat:
        message = choice.message
        # `reasoning_content`: DeepSeek, vLLM, llama.cpp, SGLang; `reasoning`: OpenRouter, newer vLLM.
        given = getattr(message, "reasoning_content", None) or getattr(message, "reasoning", None)
        text, within = split_reasoning(message.content or "")
        parts = [part for part in (given, within) if isinstance(part, str) and part]
        reasoning = "\n".join(parts) or None
    else:
        text, reasoning = choice.text, None
    if not isinstance(text, str):
        raise TypeError(f"the text is a {type(text).__name__}")
    return Answer(
        text,
        reasoning,
        choice.finish_reason,
        _count(usage, "prompt_tokens"),
        _count(usage, "completion_tokens"),
    )


def _count(usage: object, name: str) -> int | None:
    value = getattr(usage, name, None)
    return value if isinstance(value, int) else None
