"""Output that follows a JSON schema, by masking every token that would break it (xgrammar)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from glyph_integrations.errors import MissingExtraError, RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping


class SchemaCompiler:
    """Compiles schemas for one vocabulary; made when the first is asked for, since that takes a second.

    Args:
        tokenizer: The checkpoint's.
        vocabulary_size: Rows of the output layer, which may be more than there are tokens.
        ends: Tokens that end an answer.
    """

    def __init__(self, tokenizer: Any, vocabulary_size: int, ends: list[int]) -> None:
        try:
            import xgrammar
        except ImportError as error:
            raise MissingExtraError("A schema in process", package="xgrammar", extra="structured") from error
        self._xgrammar = xgrammar
        vocabulary = xgrammar.TokenizerInfo.from_huggingface(tokenizer, vocab_size=vocabulary_size, stop_token_ids=ends)
        self._compiler = xgrammar.GrammarCompiler(vocabulary)

    def processor(self, schema: Mapping[str, Any]) -> Any:
        """A logits processor for one generation.

        Raises:
            RequestError: The schema uses what cannot be enforced.
        """
        try:
            grammar = self._compiler.compile_json_schema(json.dumps(schema), any_whitespace=False)
        except RuntimeError as error:
            raise RequestError("the schema uses what xgrammar cannot enforce") from error
        return self._xgrammar.contrib.hf.LogitsProcessor(grammar)
