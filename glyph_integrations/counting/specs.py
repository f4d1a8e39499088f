"""``ModelSpec``: what a model takes, what its images cost, and how it wants to be read to."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from glyph_integrations.errors import UnknownModelError

if TYPE_CHECKING:
    from glyph_integrations.counting.image_rules import ImageRule, Size


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """One model, or a group of models whose images count alike.

    Attributes:
        name: The name to ask for.
        family: Who belongs together: ``"glm"``, ``"qwen"``, ``"deepseek-ocr"``, ``"paddleocr"``, ``"openai"``,
            ``"claude"``, ``"gemini"``.
        image_rule: The arithmetic of its images.
        window: Tokens of context, prompt and answer together.
        basis: What ``visual_tokens`` was checked against, in words.
        patterns: Model names that mean this spec: lower case, without the organisation, with ``*``.
        overhead_tokens: Tokens around every image (begin and end of image).
        images_per_request: How many images one request may hold; None where only the window limits them.
        thinks: Whether it reasons at length before it answers.
        default_style: The ``RenderStyle`` preset to begin with.
        misreads_exact_strings: Whether long numbers, hashes and identifiers must travel as text beside the pages.
        instructed: Whether it is told how to reply. A model that was trained on the form of replies needs no words
            for it.
        reads_ascii_only: Whether it reads nothing that cannot be written in ASCII.
        least_likelihood: A reply less likely than this, all of its tokens together, counts as an abstention; 0 for
            models that say so themselves.
    """

    name: str
    family: str
    image_rule: ImageRule
    window: int
    basis: str
    patterns: tuple[str, ...] = ()
    overhead_tokens: int = 0
    images_per_request: int | None = None
    thinks: bool = False
    default_style: str = "glyph-96"
    # Every model that was measured misreads some of them silently (13 of 15 right at best, 0 to 2 at worst).
    misreads_exact_strings: bool = True
    instructed: bool = True
    reads_ascii_only: bool = False
    least_likelihood: float = 0.0

    @property
    def factor(self) -> int:
        """Page sides should be multiples of this many px; 1 where the model publishes none."""
        return self.image_rule.side_factor

    @property
    def min_pixels(self) -> int:
        """Images of fewer px (width · height) are enlarged; 0 where none are."""
        return self.image_rule.smallest

    @property
    def max_pixels(self) -> int:
        """Images of more px (width · height) are reduced."""
        return self.image_rule.largest

    @property
    def max_visual_tokens(self) -> int:
        """The most visual tokens that one page can take."""
        return self.image_rule.most_tokens

    @property
    def page_size(self) -> Size | None:
        """``(width, height)`` in px where the mode has only one size, else None."""
        return self.image_rule.only_size

    def visual_tokens(self, width: int, height: int) -> int:
        """Visual tokens of one image of this size in px, after the model's own resizing.

        Raises:
            ValueError: The model takes no such size.
        """
        return self.image_rule.visual_tokens(width, height)

    def page_tokens(self, width: int, height: int) -> int:
        """Room in the window that one page takes: its visual tokens and all that stands around and between them."""
        return self.visual_tokens(width, height) + self.image_rule.separators(width, height) + self.overhead_tokens

    def fit(self, width: int, height: int) -> Size:
        """The page size near this one, in px, that the model takes without resizing.

        Raises:
            ValueError: The model takes no such size.
        """
        return self.image_rule.fit(width, height)


def model_spec(model: str | ModelSpec) -> ModelSpec:
    """Finds the spec for a model.

    Args:
        model: A spec's name (``"glm4v"``), a Hugging Face id (``"zai-org/Glyph"``), a path that ends in one, or an
            API's model name (``"claude-sonnet-4-5"``). A ``ModelSpec`` is returned as it is.

    Raises:
        UnknownModelError: No spec has that name.
    """
    if isinstance(model, ModelSpec):
        return model
    # Deferred, because the table is made of the class above.
    from glyph_integrations.counting.models import MODELS

    name = model.lower().rstrip("/").rpartition("/")[2]
    for spec in MODELS:
        if name == spec.name:
            return spec
    for spec in MODELS:
        if any(fnmatchcase(name, pattern) for pattern in spec.patterns):
            return spec
    known = ", ".join(spec.name for spec in MODELS)
    raise UnknownModelError(f"there is no model spec for {name!r}. Known: {known}. Or pass a ModelSpec of your own.")


def model_specs() -> tuple[ModelSpec, ...]:
    """All specs, the ones that Glyph was trained for first."""
    from glyph_integrations.counting.models import MODELS

    return MODELS
