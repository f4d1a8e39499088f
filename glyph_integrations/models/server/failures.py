"""What went wrong between us and a server, in this package's errors, and whether asking again may help.

The SDK's own errors end here: they hold requests (with keys and pages) and what the server wrote, unchecked.
"""

from __future__ import annotations

import email.utils
import math
import random
import re
import time
from dataclasses import dataclass
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
from glyph_integrations.models.server.chunks import EventError

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST_MESSAGE: Final = 300
_LONGEST_LOOKED_AT: Final = 1 << 16  # a page that is echoed before the message's own words is taken out whole
_ERROR_STATUS: Final = re.compile(r"[45]\d\d", re.ASCII)
_SHORTEST_KEY: Final = 8  # shorter ones are words such as "none" and "EMPTY", which local servers ignore
# What servers echo of a request: pages, and with "input" whole prompts; and what they tell of themselves.
_ECHO: Final = re.compile(r"""["']input["']\s*+:.*""", re.DOTALL)
_PRIVATE: Final = re.compile(
    r"data:[\w/+.-]*+;base64,[\w+/=-]*+|[A-Za-z0-9+/_-]{100,}+=*|\b0x[0-9a-fA-F]++|\b\w++://\S++"
    r"|(?<![\w.])/(?:[\w.-]++/)++[\w.-]*+"
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


def find_failure(error: Exception, *, begun: bool, key: str) -> Failure:
    """Explains what went wrong with a request.

    Args:
        error: An ``openai.OpenAIError``, one of ``transport.http_errors``, an ``EventError``, or a ``ServerError`` of
            ours for an answer that is none.
        begun: Part of the answer had come; then nothing is asked again.
        key: The API key, which servers may echo.
    """
    import openai

    if isinstance(error, EventError):
        code = _code(error.body)
        status = int(code) if _ERROR_STATUS.fullmatch(code) else 500
        found = _explain_refusal(status, error.body, {}, key)
        return Failure(error=found.error, again=found.again and not begun, evicted=found.evicted and not begun)
    if isinstance(error, GlyphError):
        return Failure(error=error)
    if isinstance(error.__cause__, GlyphError):  # of ``transport.guard_client``, which the SDK takes for its own
        return Failure(error=error.__cause__)
    if isinstance(error, openai.APITimeoutError) or type(error).__name__ == "ReadTimeout":
        # Not again: the server may still be at work on it.
        return Failure(error=ServerTimeoutError("the server sent nothing in the time allowed: raise timeout="))
    if isinstance(error, openai.APIStatusError):
        return _explain_refusal(error.status_code, error.body, error.response.headers, key)
    return broken_off() if begun else _unreachable(type(error.__cause__ or error).__name__)


def broken_off() -> Failure:
    """A stream that ended in the middle of an answer."""
    return Failure(error=ServerError("the answer broke off in the middle: the connection to the server was lost"))


def empty() -> Failure:
    """A stream that ended before the answer began."""
    message = "the server closed the connection without an answer; does base_url end in /v1?"
    return Failure(error=ServerError(message), again=True)


def _unreachable(cause: str) -> Failure:
    return Failure(error=ServerError(f"the server cannot be reached ({cause}): is it running?"), again=True)


def _explain_refusal(status: int, body: Any, headers: Mapping[str, str], key: str) -> Failure:
    if status in {401, 403}:
        # What it says is not quoted: this is where servers repeat the key.
        text = f"the server refuses the API key ({status}): pass api_key= one that may use this model"
        return Failure(error=ServerRefusedError(text))
    code = _code(body)
    if code == "insufficient_quota":
        return Failure(error=ServerRefusedError(f"the account of this API key has no quota left ({status})"))
    message = _message(body, key)
    if status in {429, 503}:
        text = f"the server is too busy ({status}): try later, or with less concurrency. It says: {message}"
        return Failure(error=ServerBusyError(text), again=True, wait=_retry_after(headers))
    if status >= 500 or status == 408:
        return Failure(error=ServerError(f"the server failed ({status}): {message}"), again=True)
    return Failure(error=_wrong(status, code, message), evicted=bool(_EVICTED.search(message)))


def _wrong(status: int, code: str, message: str) -> RequestError | WindowOverflowError:
    if status == 404:
        return RequestError(f"the server knows no such model or address (404): check model= and base_url=. {message}")
    if code == "context_length_exceeded" or _OVERFLOW.search(message):
        return WindowOverflowError(f"pages and question do not fit the window that is served: {message}")
    return RequestError(f"the server takes no such request ({status}): {message}")


def _code(body: Any) -> str:
    code = body.get("code") if isinstance(body, dict) else None
    return str(code) if isinstance(code, str | int) and not isinstance(code, bool) else ""


def _message(body: Any, key: str) -> str:
    """What a server says, without what it should not have said."""
    for name in ("message", "detail"):
        if isinstance(body, dict) and name in body:
            body = body[name]
    try:
        said = str(body or "nothing")
    except (RecursionError, ValueError):  # nested too deeply, or a number too long to be written
        said = "…"
    # Only what may be shown is looked through: a key or a page that begins there ends there.
    text = _ECHO.sub("…", said[:_LONGEST_LOOKED_AT])
    if len(key) >= _SHORTEST_KEY:
        text = text.replace(key, "…")
    text = _PRIVATE.sub("…", " ".join(text.split()))
    return text if len(text) <= _LONGEST_MESSAGE else text[:_LONGEST_MESSAGE] + "…"


def _retry_after(headers: Mapping[str, str]) -> float:
    """Seconds from now: the header holds a number of them, or a date."""
    value = headers.get("retry-after", "")
    try:
        wait = float(value)
    except ValueError:
        wait = _seconds_until(value)
    return max(wait, 0.0) if math.isfinite(wait) else 0.0


def _seconds_until(date: str) -> float:
    try:
        parts = email.utils.parsedate_tz(date)
        return email.utils.mktime_tz(parts) - time.time() if parts else 0.0
    except (ValueError, OverflowError, TypeError, IndexError):  # a date that there is not
        return 0.0
