"""Every error that this package raises on purpose, and its warning.

::

    GlyphError
    ├── LoadError                    a source could not become a SourceText
    │   ├── NotFoundError            there is no such file (FileNotFoundError)
    │   ├── UnsupportedError         no format accepts it (ValueError)
    │   ├── EncryptedError           a password is needed or wrong (PermissionError)
    │   ├── MalformedError           it is damaged (ValueError)
    │   ├── TooLargeError            it exceeds a limit (ValueError)
    │   ├── EmptyError               it holds nothing to read (ValueError)
    │   └── TimedOutError            it took longer than allowed (TimeoutError)
    ├── StyleError                   a RenderStyle cannot exist (ValueError)
    ├── UnknownModelError            no ModelSpec has that name (LookupError)
    ├── WindowOverflowError          the pages do not fit the model's window (ValueError)
    ├── ModelError                   the model could not answer
    │   ├── ModelLoadError           a checkpoint cannot be loaded (ValueError)
    │   ├── ModelMemoryError         it needs more memory than there is (MemoryError)
    │   ├── RequestError             the model takes no such request (ValueError)
    │   ├── ResponseError            its answer cannot be used (ValueError)
    │   └── ServerError              the server failed or could not be reached (ConnectionError)
    │       ├── ServerRefusedError   key or permission is missing (PermissionError)
    │       ├── ServerBusyError      it still asks to come back later after all retries
    │       └── ServerTimeoutError   it took longer than allowed (TimeoutError)
    └── MissingExtraError            an optional dependency is not installed (ImportError)

    CutDocumentWarning               a framework cut a document before it was shown (UserWarning)

Messages say what to do next. They never hold an absolute path, an address or bytes of the source.
"""

from __future__ import annotations


class GlyphError(Exception):
    """Base of all errors of this package."""


class LoadError(GlyphError):
    """A source could not become a ``SourceText``."""

    code = "error"


class NotFoundError(LoadError, FileNotFoundError):
    """There is no such file, or it may not be opened."""

    code = "not_found"


class UnsupportedError(LoadError, ValueError):
    """No format accepts the source; the message lists what was tried."""

    code = "unsupported"


class EncryptedError(LoadError, PermissionError):
    """The source needs a password, or the one given is wrong."""

    code = "encrypted"


class MalformedError(LoadError, ValueError):
    """The source is damaged beyond reading."""

    code = "malformed"


class TooLargeError(LoadError, ValueError):
    """The source exceeds one of the ``Limits``; the message names it."""

    code = "too_large"


class EmptyError(LoadError, ValueError):
    """The source holds neither text nor pages."""

    code = "empty"


class TimedOutError(LoadError, TimeoutError):
    """Reading the source took more processor time than ``Limits.seconds``, or longer than ``Limits.wall_seconds``."""

    code = "timed_out"


class StyleError(GlyphError, ValueError):
    """The fields of a ``RenderStyle`` contradict each other, or one is out of range."""


class UnknownModelError(GlyphError, LookupError):
    """No ``ModelSpec`` has the given name; the message lists the known ones."""


class WindowOverflowError(GlyphError, ValueError):
    """The rendered pages need more visual tokens than the model's window has."""


class ModelError(GlyphError):
    """The model could not answer."""


class ModelLoadError(ModelError, ValueError):
    """A checkpoint is missing, incomplete, or of a kind that is not read."""


class ModelMemoryError(ModelError, MemoryError):
    """The pages, or the model, need more memory than the device has; the message holds both numbers."""


class RequestError(ModelError, ValueError):
    """The model takes no such request: its messages, settings or schema are at fault."""


class ResponseError(ModelError, ValueError):
    """What the model answered cannot be used: it breaks the schema, or is no answer at all."""


class ServerError(ModelError, ConnectionError):
    """The server failed, could not be reached, or broke off in the middle of an answer."""


class ServerRefusedError(ServerError, PermissionError):
    """The server wants another API key, or the key may not use this model."""


class ServerBusyError(ServerError):
    """The server was still too busy after all retries."""


class ServerTimeoutError(ServerError, TimeoutError):
    """The server took longer than allowed."""


class MissingExtraError(GlyphError, ImportError):
    """An optional dependency is not installed; the message names the extra to install."""

    def __init__(self, purpose: str, *, package: str, extra: str) -> None:
        super().__init__(f"{purpose} needs {package}: pip install 'glyph-integrations[{extra}]'", name=package)


class CutDocumentWarning(UserWarning):
    """A marked document was cut or changed on its way to the model: what is missing of it will not be shown there."""
