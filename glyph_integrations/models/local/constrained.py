"""Output that follows a JSON schema, by masking every token that would break it (xgrammar)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import torch
from transformers import LogitsProcessor

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
        vocabulary = xgrammar.TokenizerInfo.from_huggingface(tokenizer, vocab_size=vocabulary_size, stop_token_ids=ends)
        self._compiler = xgrammar.GrammarCompiler(vocabulary)
        # xgrammar lets control characters into strings, where JSON wants them escaped; elsewhere none are needed.
        words = vocabulary.decoded_vocab
        self._controls = torch.tensor([token for token, word in enumerate(words) if min(word, default=32) < 32])

    def processor(self, schema: Mapping[str, Any]) -> SchemaMask:
        """A logits processor for one generation.

        Raises:
            RequestError: The schema uses what cannot be enforced.
        """
        try:
            grammar = self._compiler.compile_json_schema(json.dumps(schema), any_whitespace=False)
        except RuntimeError as error:
            raise RequestError("the schema uses what xgrammar cannot enforce") from error
        return SchemaMask(grammar, self._controls)


class SchemaMask(LogitsProcessor):
    """Leaves the tokens that a grammar allows, row by row; for one generation.

    xgrammar has such a class, which fails in a batch where one answer ends before its JSON does, at a stop string.

    Args:
        grammar: Compiled.
        never: Tokens that are not allowed anywhere.
    """

    def __init__(self, grammar: Any, never: torch.Tensor) -> None:
        self._grammar = grammar
        self._never = never
        self._matchers: list[Any] = []

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Takes the tokens so far, [rows, tokens], and the scores, [rows, vocabulary], which it masks."""
        import xgrammar

        if self._matchers:
            for matcher, token in zip(self._matchers, input_ids[:, -1].tolist(), strict=True):
                if not matcher.is_terminated():
                    matcher.accept_token(token)  # it refuses what pads a row that has ended otherwise
        else:
            self._matchers = [xgrammar.GrammarMatcher(self._grammar) for _ in input_ids]
            self._allowed = xgrammar.allocate_token_bitmask(len(input_ids), self._grammar.tokenizer_info.vocab_size)
        for row, matcher in enumerate(self._matchers):
            if not matcher.is_terminated():
                matcher.fill_next_token_bitmask(self._allowed, row)
        masked = scores if scores.device.type in {"cpu", "cuda"} else scores.cpu()  # xgrammar has no other kernels
        xgrammar.apply_token_bitmask_inplace(masked, self._allowed.to(masked.device))
        masked[:, self._never.to(masked.device)] = -torch.inf
        return masked.to(scores.device)
