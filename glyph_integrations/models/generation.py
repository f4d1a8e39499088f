"""What is asked of a model beside its messages, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, Self

from glyph_integrations.errors import RequestError
from glyph_integrations.models.tools import ToolCall, call_schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from glyph_integrations.counting import ModelSpec

Finish = Literal["stop", "length", "repetition", "unlikely", "cancelled"]
"""Why a generation ended: by itself (or a stop string), at ``max_tokens``, in a loop, because it had become less likely
than ``least_likelihood``, or because nobody wanted more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationSettings:
    """How a model generates.

    Attributes:
        max_tokens: Most tokens to generate, thinking included.
        temperature: 0 is greedy.
        top_p: Least probability mass that is sampled from.
        top_k: Most tokens that are sampled from; 0 for all.
        repetition_penalty: Above 1 makes tokens that occurred less likely.
        seed: Makes sampling repeatable.
        stop: Strings that end the generation; they are not part of its text.
        schema: A JSON schema that the text must follow.
        tools: What the model may call, each as the OpenAI API describes a function; not beside a schema.
        tool_choice: ``"auto"`` leaves it to the model; ``"any"``, or a tool's name, holds it to one call.
        thinking: Turns thinking on or off for models that offer the choice; None leaves it to the model.
        logprobs: Ask servers for the likelihood of the answer too (in process it costs nothing).
        least_likelihood: End what has become less likely, all of its tokens together; servers go on to the end.
    """

    max_tokens: int = 8192
    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    repetition_penalty: float = 1.0
    seed: int | None = None
    stop: tuple[str, ...] = ()
    schema: Mapping[str, Any] | None = None
    tools: tuple[Mapping[str, Any], ...] = ()
    tool_choice: str = "auto"
    thinking: bool | None = None
    logprobs: bool = False
    least_likelihood: float = 0.0

    def __post_init__(self) -> None:
        if isinstance(self.stop, str):
            object.__setattr__(self, "stop", (self.stop,))
        object.__setattr__(self, "stop", tuple(self.stop))
        object.__setattr__(self, "tools", tuple(self.tools))
        rules = (
            (self.max_tokens < 1, "max_tokens must be at least 1"),
            (self.temperature < 0, "temperature must not be negative"),
            (not 0 < self.top_p <= 1, "top_p must lie above 0 and not above 1"),
            (self.top_k < 0, "top_k must not be negative"),
            (self.repetition_penalty <= 0, "repetition_penalty must be above 0"),
            (not all(self.stop), "a stop string must not be empty"),
            (not 0 <= self.least_likelihood < 1, "least_likelihood must lie from 0 to below 1"),
            (bool(self.tools) and self.schema is not None, "tools go without a schema"),
            (not self.tools and self.tool_choice != "auto", "there are no tools to choose from"),
        )
        for broken, problem in rules:
            if broken:
                raise RequestError(f"GenerationSettings: {problem}")

    @property
    def constraint(self) -> Mapping[str, Any] | None:
        """The JSON schema that what is written must follow: ``schema``, or that of the call it is held to.

        Raises:
            RequestError: No tool is called as ``tool_choice`` says.
        """
        return self.schema if self.tool_choice == "auto" else call_schema(self.tools, self.tool_choice)

    def replace(self, **changes: Any) -> Self:
        """A copy with some fields changed."""
        return replace(self, **changes)

    def changed(self, **options: Any) -> Self:
        """A copy with some fields changed, as callers of other frameworks name them: None leaves a field as it is.

        Raises:
            RequestError: There is no such field.
        """
        known = self.__dataclass_fields__
        if unknown := sorted(set(options) - set(known)):
            raise RequestError(f"there is no setting {', '.join(unknown)}: there are {', '.join(sorted(known))}")
        return replace(self, **{name: value for name, value in options.items() if value is not None})


def settings_for(spec: ModelSpec) -> GenerationSettings:
    """The settings that a model was published with; greedy where it was not Glyph.

    Glyph's repository samples with temperature 1e-4, top_p 1, top_k 1 and a repetition penalty of 1.1, 8,192 tokens
    at most. With one token to choose from this is greedy decoding under that penalty.
    """
    if spec.name == "glm4v":
        return GenerationSettings(temperature=1e-4, top_k=1, repetition_penalty=1.1)
    return GenerationSettings(max_tokens=min(8192, spec.window // 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenUsage:
    """What one generation cost.

    Attributes:
        prompt: Tokens of the prompt, pages included.
        output: Tokens generated, thinking included.
        cached: Tokens of the prompt that had been prefilled before.
    """

    prompt: int = 0
    output: int = 0
    cached: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """What a model generated for one conversation.

    Attributes:
        text: The answer, without thinking and without the frames that models put around answers.
        thinking: What it thought before, kept apart.
        finish: Why it ended.
        usage: What it cost.
        seconds: ``"prefill"`` until the first token, ``"decode"`` from there.
        logprob: Mean log probability of the tokens generated; None where the host does not tell.
        data: The text as JSON, if the settings had a schema.
        tool_calls: The tools that it called; these calls are not part of the text.
    """

    text: str
    thinking: str = ""
    finish: Finish = "stop"
    usage: TokenUsage = TokenUsage()
    seconds: Mapping[str, float] = field(default_factory=dict)
    logprob: float | None = None
    data: Any = None
    tool_calls: tuple[ToolCall, ...] = ()
