"""What holds for every response of a server, whichever HTTP library the SDK uses."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from glyph_integrations.errors import ServerError

_MOST_OF_ERROR: Final = 1 << 16  # bytes of an error's body that are read
ENCODING: Final = "content-encoding"


def guard_client(client: Any, base_url: str) -> None:
    """Has an ``AsyncClient`` of httpx or httpx2 check the responses of one server before their bodies are read.

    A redirect to another origin is an error: requests hold pages. Bodies of redirects are not read, those of errors
    up to 64 KiB, and not where they are compressed.

    Args:
        client: The HTTP client; what it does with other servers stays as it is.
        base_url: Of the server.
    """
    library = import_module(_library_of(client))
    home = _origin(library.URL(base_url))

    async def check(response: Any) -> None:
        if _origin(response.request.url) != home:
            return
        if response.has_redirect_location:
            _require_same_origin(response, library.InvalidURL)
            await _replace_body(response, library.ByteStream(b""))
        elif response.is_error:
            body = b"" if is_compressed(response.headers) else await _read_beginning(response.stream)
            await _replace_body(response, library.ByteStream(body))

    client.event_hooks["response"].append(check)


def is_compressed(headers: Any) -> bool:
    """Whether a body would have to be unpacked, to whatever length."""
    return headers.get(ENCODING, "identity").strip().lower() not in {"", "identity"}


def http_errors(client: Any) -> tuple[type[Exception], ...]:
    """What the client's library raises in the midst of a body, which the SDK passes on as it is."""
    library = import_module(_library_of(client))
    return library.HTTPError, library.StreamError


def _library_of(client: Any) -> str:
    return next(kind.__module__.partition(".")[0] for kind in type(client).__mro__ if kind.__name__ == "AsyncClient")


def _origin(url: Any) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port  # the port is None where it is the scheme's own


def _require_same_origin(response: Any, invalid: type[Exception]) -> None:
    here = response.request.url
    try:
        same = _origin(here.join(response.headers["location"])) == _origin(here)
    except (invalid, ValueError):
        same = False
    if not same:
        raise ServerError(
            "the server sends requests on to another address, where pages are not sent: pass that address as base_url="
        )


async def _replace_body(response: Any, stream: Any) -> None:
    await response.stream.aclose()
    response.headers.pop(ENCODING, None)
    response.stream = stream


async def _read_beginning(stream: Any) -> bytes:
    body = bytearray()
    async for chunk in stream:
        body += chunk
        if len(body) >= _MOST_OF_ERROR:
            break
    return bytes(body[:_MOST_OF_ERROR])
