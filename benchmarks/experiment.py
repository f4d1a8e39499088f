"""What ``efficiency.py`` measures: texts and their pages, a model with random weights, the clock around its parts."""

from __future__ import annotations

import gc
import statistics
import sys
import time
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).parent.parent
PROSE = ROOT / "glyph_integrations/cli/samples/prose.txt"
OUT_OF_MEMORY = "out of memory"
PATIENCE = 30  # seconds after which a measurement is not repeated further
RESERVE = 2**31  # bytes of a GPU that batches leave free: logits, and what one layer computes


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How large the experiment is.

    Attributes:
        answer: Tokens decoded.
        cache_bytes: What keys and values of a batch may take; None for what the device has free.
    """

    answer: int
    cache_bytes: int | None


SCALES = {"tiny": Scale(answer=16, cache_bytes=2**27), "full": Scale(answer=256, cache_bytes=None)}


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One measurement: a text of ``length`` thousand tokens, read as ``"text"`` or ``"pages"``."""

    length: int
    mode: str
    what: str


class Workload:
    """A text of so many thousand tokens, and its pages."""

    def __init__(self, length: int, spec: Any) -> None:
        from glyph_integrations import count_text_tokens

        self.spec = spec
        prose = PROSE.read_text("utf-8")
        whole = prose * (length * 1024 * 8 // len(prose) + 1)
        short, long = 0, len(whole)
        while short < long:
            middle = (short + long) // 2
            if count_text_tokens(whole[:middle]).count < length * 1024:
                short = middle + 1
            else:
                long = middle
        self.text = whole[:short]
        self.count = count_text_tokens(self.text)

    @cached_property
    def pages(self) -> list[Any]:
        """The text in style ``glyph``."""
        return self.rendered()

    @cached_property
    def page_tokens(self) -> int:
        """What the pages put into the language model: visual tokens, and a mark before and after each page's."""
        return sum(page.visual_tokens + 2 for page in self.pages)

    def rendered(self) -> list[Any]:
        """Draws the pages anew."""
        from glyph_integrations import render

        return list(render(self.text, "glyph", self.spec))


@lru_cache(maxsize=1)
def workload(length: int, spec: Any) -> Workload:
    """The text of one length, kept while its cells are measured."""
    return Workload(length, spec)


def random_model(scale: str, device: str) -> Any:
    """A ``TransformersModel`` with random weights, made where it runs."""
    sys.path.append(str(ROOT / "tests"))
    import tiny
    import torch
    from transformers import AutoModelForImageTextToText, Glm4vConfig

    from glyph_integrations.models.local import TransformersModel
    from glyph_integrations.models.local.checkpoint import Checkpoint

    words = tiny.tokenizer()
    small = tiny.config(words, hidden=128, layers=2, vision_hidden=64, vision_depth=2)
    config = small
    if scale == "full":
        special = {name: value for name, value in small.to_dict().items() if name.endswith("_token_id")}
        config = Glm4vConfig(
            text_config={
                "vocab_size": 151_552,
                "hidden_size": 4096,
                "intermediate_size": 13_696,
                "num_hidden_layers": 40,
                "num_attention_heads": 32,
                "num_key_value_heads": 2,
                "max_position_embeddings": 131_072,
                "rope_parameters": {
                    "rope_type": "default",
                    "rope_theta": 10_000.0,
                    "partial_rotary_factor": 0.5,
                    "mrope_section": [8, 12, 12],
                },
                "eos_token_id": small.text_config.eos_token_id,
                "pad_token_id": small.text_config.pad_token_id,
            },
            vision_config={
                "depth": 24,
                "hidden_size": 1536,
                "num_heads": 12,
                "intermediate_size": 13_696,
                "out_hidden_size": 4096,
                "patch_size": 14,
                "image_size": 336,
                "spatial_merge_size": 2,
                "temporal_patch_size": 2,
            },
            tie_word_embeddings=False,
            **special,
        )
    torch.manual_seed(0)
    with torch.device(device):
        dtype = torch.bfloat16 if device == "cuda" else torch.float32
        model = AutoModelForImageTextToText.from_config(config, dtype=dtype).eval()
    preprocessor = {
        "image_mean": [0.48145466, 0.4578275, 0.40821073],
        "image_std": [0.26862954, 0.26130258, 0.27577711],
    }
    checkpoint = Checkpoint(  # nothing is read from the folder
        folder=Path(f"random-glm4v-{scale}"), name=f"random-glm4v-{scale}", config=config, preprocessor=preprocessor
    )
    return TransformersModel(checkpoint, model, words)


class Experiment:
    """Measures cells with one model; a cell that fails, for want of memory above all, has an error for figures.

    Args:
        scale: How large it is.
        model: The model.
        answer: Tokens decoded.
        rounds: Measurements that a median is taken of.
    """

    def __init__(self, scale: Scale, model: Any, *, answer: int, rounds: int) -> None:
        import torch

        from glyph_integrations.models.local.memory import MemoryNeeds

        self.model = model
        self._scale = scale
        self._answer = answer
        self._rounds = rounds
        self._torch = torch
        self._inner = model._model  # noqa: SLF001 - the parts are what is measured
        self._images = model._images  # noqa: SLF001
        self._step: int = model._step  # noqa: SLF001
        self._cuda = self._inner.device.type == "cuda"
        self._per_token = MemoryNeeds.of_model(self._inner.config, self._inner.dtype).per_token

    def warm_up(self) -> None:
        """Computes a little of everything, so that no cell pays for what is done once."""
        load = workload(1, self.model.spec)
        with self._torch.inference_mode():
            self._read(load.page_tokens)
            self._decoded(64, rows=2, answer=2)
        self._ask(load.pages, self.model.prefill(load.pages))

    def measure(self, cell: Cell) -> dict[str, Any]:
        """The figures of a cell; ``{"error": …}`` where there are none."""
        from glyph_integrations.errors import GlyphError

        if self._cuda:
            self._torch.cuda.reset_peak_memory_stats()
        try:
            with self._torch.inference_mode():
                figures = self._figures(cell)
        except (RuntimeError, GlyphError) as error:
            memory = isinstance(error, (self._torch.OutOfMemoryError, MemoryError))
            figures = {"error": OUT_OF_MEMORY if memory else f"{type(error).__name__}: {error}".splitlines()[0][:200]}
        if self._cuda:
            figures["peak_bytes"] = self._torch.cuda.max_memory_allocated()
        self._free()
        return figures

    def _figures(self, cell: Cell) -> dict[str, Any]:
        load = workload(cell.length, self.model.spec)
        what, _, which = cell.what.partition("/")
        text = cell.mode == "text"
        tokens = load.count.count if text else load.page_tokens
        measures: dict[str, Callable[[], dict[str, Any]]] = {
            "render": lambda: self._rendering(load),
            "prefill": lambda: self._text(tokens) if text else self._clocked(lambda: self.model.prefill(load.pages)),
            "language": lambda: self._clocked(lambda: self._read(tokens, self._step)),
            "vision": lambda: self._vision(load, which),
            "questions": lambda: self._questions(load),
            "decode": lambda: self._decoding(tokens, which),
        }
        return measures[what]()

    def _rendering(self, load: Workload) -> dict[str, Any]:
        """Drawing the pages, and what they and their text come to."""
        return {
            **self._clocked(load.rendered),
            "characters": len(load.text),
            "text_tokens": load.count.count,
            "tokenizer": load.count.tokenizer,
            "pages": len(load.pages),
            "visual_tokens": sum(page.visual_tokens for page in load.pages),
        }

    def _read(self, tokens: int, step: int | None = None) -> None:
        """Prefills token ids, without an image: what the language model alone has to do."""
        from transformers import DynamicCache

        torch, step = self._torch, step or tokens
        ids = torch.arange(tokens, device=self._inner.device)[None] % 256
        cache = DynamicCache(config=self._inner.config)
        for start in range(0, tokens, step):
            places = torch.arange(start, min(start + step, tokens), device=self._inner.device).expand(3, 1, -1)
            self._inner(
                input_ids=ids[:, start : start + step],
                position_ids=places,
                past_key_values=cache,
                use_cache=True,
                logits_to_keep=1,
            )

    def _text(self, tokens: int) -> dict[str, Any]:
        """Text in one pass, which is fastest; in more where that does not fit."""
        for passes in (1, 2, 4, 8):
            try:
                figures = self._clocked(lambda step=-(-tokens // passes): self._read(tokens, step))
            except self._torch.OutOfMemoryError:
                figures = None
            if figures:
                return {**figures, "passes": passes}
            self._free()
        return {"error": OUT_OF_MEMORY}

    def _vision(self, load: Workload, kernel: str) -> dict[str, Any]:
        """Pages to image features on one kernel, and how far they are from those on the library's page by page."""
        from glyph_integrations.models.local import attention

        own = {
            part: config._attn_implementation  # noqa: SLF001 - as the library names what runs
            for part, config in (("text", self._inner.config.text_config), ("vision", self._inner.config.vision_config))
        }
        names = {"sdpa": attention.SDPA, "batched": attention.BATCHED}
        chosen = names.get(kernel) or attention.choose(kernel, self._inner.device, self._inner.dtype)[1]
        size = max(1, self._step // max(page.visual_tokens for page in load.pages))
        groups = [load.pages[start : start + size] for start in range(0, len(load.pages), size)]
        try:
            attention.install(self._inner, own["text"], attention.SDPA)
            expected = self._features(load.pages[:2])
            attention.install(self._inner, own["text"], chosen)
            apart = (self._features(load.pages[:2]) - expected).float().norm() / expected.float().norm()
            figures = self._clocked(lambda: [self._features(group) for group in groups])
        finally:
            attention.install(self._inner, own["text"], own["vision"])
        return {**figures, "distance": float(apart), "default": chosen == own["vision"]}

    def _features(self, pages: Sequence[Any]) -> Any:
        inputs = self._images.tensors(pages)
        return self._torch.cat(list(self._inner.model.get_image_features(**inputs).pooler_output))

    def _questions(self, load: Workload) -> dict[str, Any]:
        """Seconds to the first token of an answer about pages not read yet, and about prefilled ones."""
        prefix = self.model.prefill(load.pages)
        first = self._clocked(lambda: self._ask(load.pages, None))
        second = self._clocked(lambda: self._ask(load.pages, prefix))
        held = sum(layer.keys.nbytes + layer.values.nbytes for layer in prefix.cache.layers)
        return {
            "first": first["seconds"],
            "second": second["seconds"],
            "cache_bytes": held,
            "cache_bytes_by_formula": prefix.tokens * self._per_token,
        }

    def _ask(self, pages: Sequence[Any], prefix: Any) -> None:
        from glyph_integrations.models import GenerationSettings, Message

        conversation = (Message("user", (*pages, "What does the document say about the river?")),)
        self.model.generate([conversation], GenerationSettings(max_tokens=1), prefix=prefix)

    def _decoding(self, tokens: int, batch: str) -> dict[str, Any]:
        """Tokens per second in a batch of so many conversations, or of as many as fit."""
        room = self._room()
        # Growing the cache copies one layer after another.
        per_row = (tokens + self._answer) * self._per_token * (1 + 1 / self._inner.config.text_config.num_hidden_layers)
        rows = int(room // per_row) if batch == "most" else int(batch)
        if rows < 1 or rows * per_row > room:
            return {"error": OUT_OF_MEMORY, "needed_bytes": int(max(rows, 1) * per_row), "free_bytes": room}
        while rows:
            try:
                seconds = self._decoded(tokens, rows=rows, answer=self._answer)
            except self._torch.OutOfMemoryError:
                seconds = None
            if seconds is not None:
                rate = rows * self._answer / seconds
                size = rows * tokens * self._per_token
                return {
                    "rows": rows,
                    "answer": self._answer,
                    "seconds": seconds,
                    "tokens_per_second": rate,
                    "cache_bytes": size,
                }
            self._free()
            rows = int(rows * 0.9) if batch == "most" else 0
        return {"error": OUT_OF_MEMORY}

    def _decoded(self, tokens: int, *, rows: int, answer: int) -> float:
        """Seconds to decode ``answer`` tokens in each of ``rows`` conversations that hold ``tokens`` already.

        Their keys and values are noise: what they hold does not change the time, and nothing has to be prefilled.
        """
        from transformers import DynamicCache

        torch, text = self._torch, self._inner.config.text_config
        width = text.hidden_size // text.num_attention_heads
        cache = DynamicCache(config=self._inner.config)
        for layer in range(text.num_hidden_layers):
            shape = (rows, text.num_key_value_heads, tokens, width)
            noise = (torch.randn(shape, device=self._inner.device, dtype=self._inner.dtype) for _ in range(2))
            cache.update(*noise, layer)
        ids = torch.zeros(rows, 1, dtype=torch.long, device=self._inner.device)
        began = 0.0
        for number in range(-2, answer):  # the first two are not counted
            if number == 0:
                self._wait()
                began = time.perf_counter()
            places = torch.full((3, rows, 1), tokens + 2 + number, device=self._inner.device)
            output = self._inner(input_ids=ids, position_ids=places, past_key_values=cache, use_cache=True)
            ids = output.logits[:, -1:].argmax(-1)
        self._wait()
        return time.perf_counter() - began

    def _room(self) -> int:
        from glyph_integrations.models.local.memory import available_bytes

        if self._scale.cache_bytes is not None:
            return self._scale.cache_bytes
        return available_bytes(self._inner.device) - RESERVE

    def _clocked(self, work: Callable[[], Any]) -> dict[str, Any]:
        """The median of some rounds after one that is not counted."""
        work()
        seconds: list[float] = []
        while len(seconds) < self._rounds and sum(seconds) < PATIENCE:
            self._wait()
            began = time.perf_counter()
            work()
            self._wait()
            seconds.append(time.perf_counter() - began)
        return {"seconds": statistics.median(seconds), "rounds": len(seconds)}

    def _wait(self) -> None:
        if self._cuda:
            self._torch.cuda.synchronize()

    def _free(self) -> None:
        gc.collect()
        if self._cuda:
            self._torch.cuda.empty_cache()
