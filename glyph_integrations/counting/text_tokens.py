"""Text tokens: exact with a tokenizer that is on this machine, else an estimate that says so. Never over a network."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import json
import os
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from glyph_integrations.counting.text_estimate import estimate_tokens
from glyph_integrations.counting.text_pieces import safe_pieces
from glyph_integrations.errors import MissingExtraError, UnknownModelError

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTokens:
    """How many tokens a text has.

    Attributes:
        count: The tokens.
        tokenizer: Whose tokens they are: an encoding's name, the name of a tokenizer's folder, or ``"estimate"``.
        exact: Whether a tokenizer counted them.
    """

    count: int
    tokenizer: str
    exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """One of tiktoken's encodings: the address that names its file in caches, its SHA-256, and how it splits."""

    address: str
    digest: str
    pattern: str


# Addresses, digests and patterns are those of tiktoken 0.14 (tiktoken_ext.openai_public). They are written out here
# because loading an encoding through tiktoken itself fetches a missing file.
ENCODINGS: Final = {
    "cl100k_base": Encoding(
        address="https://openaipublic.blob.core.windows.net/encodings/cl100k_base.tiktoken",
        digest="223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
        pattern=(
            r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"
            r"|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
        ),
    ),
    "o200k_base": Encoding(
        address="https://openaipublic.blob.core.windows.net/encodings/o200k_base.tiktoken",
        digest="446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
        pattern=(
            r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
            r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
            r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
        ),
    ),
}


def count_text_tokens(text: str, tokenizer: str | os.PathLike[str] = "cl100k_base") -> TextTokens:
    """Counts the tokens of a text, without special tokens and without any network.

    Long texts are counted in pieces, cut where no token can span, so that memory stays bounded.

    Args:
        text: The text. What looks like a special token in it is counted as text.
        tokenizer: A path to a ``tokenizer.json`` or to a folder that holds one (exact); ``"cl100k_base"`` or
            ``"o200k_base"`` (exact where tiktoken and the encoding's file are on this machine, else an estimate); or
            ``"estimate"``.

    Raises:
        UnknownModelError: There is no such tokenizer.
        MissingExtraError: A ``tokenizer.json`` is given and ``tokenizers`` is not installed.
    """
    name = os.fspath(tokenizer)
    if name == "estimate":
        return TextTokens(count=estimate_tokens(text), tokenizer="estimate", exact=False)
    if name in ENCODINGS:
        encoding = tiktoken_encoding(name)
        if encoding is None:
            return TextTokens(count=estimate_tokens(text), tokenizer="estimate", exact=False)
        count = sum(len(encoding.encode_ordinary(piece)) for piece in safe_pieces(text))
        return TextTokens(count=count, tokenizer=name, exact=True)
    return _counted_with_file(text, Path(name))


@lru_cache(maxsize=4)
def tiktoken_encoding(name: str) -> Any:
    """One of ``ENCODINGS`` from the files on this machine; None where tiktoken or the file is missing."""
    if importlib.util.find_spec("tiktoken") is None:
        return None
    encoding = ENCODINGS[name]
    file_name = hashlib.sha1(encoding.address.encode(), usedforsecurity=False).hexdigest()
    for folder in _cache_folders():
        try:
            data = (folder / file_name).read_bytes()
        except OSError:
            continue
        if hashlib.sha256(data).hexdigest() == encoding.digest:
            import tiktoken

            lines = (line.split() for line in data.splitlines() if line)
            ranks = {base64.b64decode(token): int(rank) for token, rank in lines}
            return tiktoken.Encoding(name, pat_str=encoding.pattern, mergeable_ranks=ranks, special_tokens={})
    return None


def _cache_folders() -> Iterator[Path]:
    """Where tiktoken keeps its files, and where llama-index-core ships copies of them."""
    for variable in ("TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR"):
        if os.environ.get(variable):
            yield Path(os.environ[variable])
    yield Path(tempfile.gettempdir()) / "data-gym-cache"
    # The parent of llama_index.core is a namespace: looking it up imports nothing.
    namespace = importlib.util.find_spec("llama_index")
    for folder in namespace.submodule_search_locations or () if namespace else ():
        yield Path(folder) / "core" / "_static" / "tiktoken_cache"


def _counted_with_file(text: str, path: Path) -> TextTokens:
    file = path / "tokenizer.json" if path.is_dir() else path
    if not file.is_file():
        known = ", ".join(ENCODINGS)
        raise UnknownModelError(
            f"there is no tokenizer {path.name!r}: give a tokenizer.json, a folder that holds one, {known} or estimate"
        )
    tokenizer, in_pieces = _tokenizer_file(file)
    # Isolated surrogates have no UTF-8; as in tiktoken they count as the replacement character.
    clean = text.encode("utf-8", "replace").decode()
    pieces = safe_pieces(clean) if in_pieces else (clean,)
    count = sum(len(tokenizer.encode(piece, add_special_tokens=False).ids) for piece in pieces)
    return TextTokens(count=count, tokenizer=file.parent.name or file.name, exact=True)


@lru_cache(maxsize=4)
def _tokenizer_file(file: Path) -> tuple[Any, bool]:
    """A ``tokenizer.json``, and whether texts may be cut for it (byte-level ones split like tiktoken's)."""
    if importlib.util.find_spec("tokenizers") is None:
        raise MissingExtraError(f"Counting with {file.name}", package="tokenizers", extra="tokenizers")
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    splitting = json.loads(file.read_text("utf-8")).get("pre_tokenizer")
    return tokenizer, '"ByteLevel"' in json.dumps(splitting)
