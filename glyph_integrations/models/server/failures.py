"""What went wrong between us and a server, in this package's errors, and whether asking again may help.

The SDK's own errors end here: they hold requests (with keys and pages) and what the server wrote, unchecked.
"""

from __future__ import annotations

import email.utils
import random
import re
import time
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from glyph_integrations.errors import (
    GlyphError,
    RequestError,
    ServerBusyError,
    ServerError,
    ServerRefusedError,
    ServerTimeoutError,
    WindowOverflowError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST_MESSAGE: Final = 300
_SHORTEST_KEY: Final = 8  # shorter ones are words such as "none" and "EMPTY", which local servers ignore
# What servers echo of a request: pages, and with "input" whole prompts; and what they tell of themselves.
_ECHO: Final = re.compile(r"""["']input["']\s*:.*""", re.DOTALL)
_PRIVATE: Final = re.compile(
    r"data:[\w/+.-]*;base64,[\w+/=-]*|[A-Za-z0-9+/_-]{100,}=*|\b0x[0-9a-fA-F]+|\w+://\S+|(?<![\w.])/(?:[\w.-]+/)+[\w.-]*"
)
_OVERFLOW: Final = re.compile(
    r"context.?length|context.?window|context.?size|maximum\s+model\s+length|max_model_len|prompt is too long",
    re.IGNORECASE,
)
_EVICTED: Final = re.compile(r"cache miss", re.IGNORECASE)
_LONGEST_WAIT: Final = 60.0  # s, whatever the server asks for
_SHORTEST_WAIT: Final = 0.5  # s, doubled with every try


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One request that failed.

    Attributes:
        error: What to raise if that was the last try.
        again: The same request may succeed later.
        evicted: The server no longer has an image whose bytes were left out.
        wait: Seconds that the server asks to wait.
    """

    error: GlyphError
    again: bool = False
    evicted: bool = False
    wait: float = 0.0

    def delay(self, attempt: int) -> float:
        """Seconds to wait after this many tries: longer each time, and never all clients at once."""
        wanted: float = min(max(self.wait, _SHORTEST_WAIT * 2**attempt), _LONGEST_WAIT)
        return wanted * random.uniform(1.0, 1.25)  # noqa: S311  no secret


def transport_errors() -> tuple[type[Exception], ...]:
    """What the HTTP library raises in the midst of a stream: before version 3 the SDK passes it on as it is."""
    if find_spec("httpx") is None:
        return ()
    import httpx

    return (httpx.HTTPError,)


def failure(error: Exception, *, begun: bool, key: str) -> Failure:
    """Explains an error of the SDK.

    Args:
        error: What it raised: an ``openai.OpenAIError``, one of ``transport_errors``, or a ``ValueError`` for an event
            that is no JSON.
        begun: Part of the answer had come; then nothing is asked again.
        key: The API key, which servers may echo.
    """
    import openai

    if isinstance(error, openai.APITimeoutError) or type(error).__name__ == "ReadTimeout":
        # Not again: the server may still be at work on it.
        return Failure(error=ServerTimeoutError("the server sent nothing in the time allowed: raise timeout="))
    if isinstance(error, openai.APIStatusError):
        return _refused(error.status_code, error, error.response.headers, key)
    if isinstance(error, (openai.APIConnectionError, *transport_errors())):
        return broken_off() if begun else _unreachable(type(error.__cause__).__name__)
    if isinstance(error, openai.APIError):  # an event of the stream
        code = str(error.code or "")
        status = int(code) if code.isdecimal() else 500
        found = _refused(status, error, {}, key)
        return Failure(error=found.error, again=found.again and not begun, evicted=found.evicted and not begun)
    return Failure(error=ServerError("the server sent what is no chat completion; does base_url end in /v1?"))


def broken_off() -> Failure:
    """A stream that ended in the middle of an answer."""
    return Failure(error=ServerError("the answer broke off in the middle: the connection to the server was lost"))


def empty() -> Failure:
    """A stream that ended before the answer began."""
    message = "the server closed the connection without an answer; does base_url end in /v1?"
    return Failure(error=ServerError(message), again=True)


def _unreachable(cause: str) -> Failure:
    return Failure(error=ServerError(f"the server cannot be reached ({cause}): is it running?"), again=True)


def _refused(status: int, error: Any, headers: Mapping[str, str], key: str) -> Failure:
    if status in {401, 403}:
        # What it says is not quoted: this is where servers repeat the key.
        text = f"the server refuses the API key ({status}): pass api_key= one that may use this model"
        return Failure(error=ServerRefusedError(text))
    if error.code == "insufficient_quota":
        return Failure(error=ServerRefusedError(f"the account of this API key has no quota left ({status})"))
    message = _message(error.body, key)
    if status in {429, 503}:
        text = f"the server is too busy ({status}): try later, or with less concurrency. It says: {message}"
        return Failure(error=ServerBusyError(text), again=True, wait=_retry_after(headers))
    if status >= 500 or status == 408:
        return Failure(error=ServerError(f"the server failed ({status}): {message}"), again=True)
    return Failure(error=_wrong(status, error.code, message), evicted=bool(_EVICTED.search(message)))


def _wrong(status: int, code: str | None, message: str) -> RequestError | WindowOverflowError:
    if status == 404:
        return RequestError(f"the server knows no such model or address (404): check model= and base_url=. {message}")
    if code == "context_length_exceeded" or _OVERFLOW.search(message):
        return WindowOverflowError(f"pages and question do not fit the window that is served: {message}")
    return RequestError(f"the server takes no such request ({status}): {message}")


def _message(body: Any, key: str) -> str:
    """What a server says, without what it should not have said."""
    for name in ("message", "detail"):
        if isinstance(body, dict) and name in body:
            body = body[name]
    text = _ECHO.sub("…", str(body or "nothing"))
    if len(key) >= _SHORTEST_KEY:
        text = text.replace(key, "…")
    text = _PRIVATE.sub("…", " ".join(text.split()))
    return text if len(text) <= _LONGEST_MESSAGE else text[:_LONGEST_MESSAGE] + "…"


def _retry_after(headers: Mapping[str, str]) -> float:
    """Seconds from now: the header holds a number of them, or a date."""
    value = headers.get("retry-after", "")
    try:
        return max(float(value), 0.0)
    except ValueError:
        date = email.utils.parsedate_tz(value)
        return max(email.utils.mktime_tz(date) - time.time(), 0.0) if date else 0.0
