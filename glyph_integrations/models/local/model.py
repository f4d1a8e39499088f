"""``TransformersModel``: a checkpoint in this process."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections import defaultdict
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Self

import torch
from transformers import DynamicCache, GenerationConfig, LogitsProcessorList, StoppingCriteriaList

from glyph_integrations.errors import ModelMemoryError, RequestError, WindowOverflowError
from glyph_integrations.models.generation import Generation, GenerationSettings, TokenUsage
from glyph_integrations.models.local import attention
from glyph_integrations.models.local.checkpoint import Checkpoint
from glyph_integrations.models.local.constrained import SchemaCompiler
from glyph_integrations.models.local.images import ImageInputs, image_inputs
from glyph_integrations.models.local.memory import MemoryNeeds
from glyph_integrations.models.local.output import Output, Vocabulary, Watch
from glyph_integrations.models.local.prefix import PrefilledPages, continued, is_plain, padded, prefill, token_positions
from glyph_integrations.models.local.prompts import ChatFormat, Prompt
from glyph_integrations.models.local.reading_order import ReadingOrder
from glyph_integrations.models.local.sampling import end_tokens, generation_config, seeded
from glyph_integrations.models.local.store import PrefillStore, weights_hash
from glyph_integrations.models.model import Message, Prefixes
from glyph_integrations.models.schema import check, parse
from glyph_integrations.models.tools import ToolSplitter

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence

    from glyph_integrations.counting import ModelSpec
    from glyph_integrations.models.model import Conversation, PageImage, Prefix

# Tokens that one prefill pass computes at most. On a CPU two pages: the mask of a pass, for each of its tokens and each
# token before it, would outgrow keys and values. A GPU reads all at once where memory allows, which needs no mask.
_STEP_CPU, _STEP_GPU = 1_280, 1 << 20


class TransformersModel:
    """A vision-language model in this process, through the classes of transformers.

    Reads Glyph and other Glm4v models, GLM-4.6V, GLM-OCR, Qwen2.5-VL, Qwen3-VL, Qwen3.5, PaddleOCR-VL and
    DeepSeek-OCR-2. One generation runs at a time; calls from several threads wait for each other.

    Args:
        checkpoint: What was loaded.
        model: The model, on its device.
        tokenizer: Its tokenizer.
        spec: What its images cost; the checkpoint's own by default.
        kernel: Attention kernels: ``"auto"``, ``"flash_attention_2"``, ``"varlen"``, ``"sdpa"``.
        max_batch: Most conversations that are answered at the same time.
        cache_dir: Folder that keeps prefilled pages for later processes; None keeps them in memory only. They are
            large: 40 KiB for each token of Glyph.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        model: Any,
        tokenizer: Any,
        *,
        spec: ModelSpec | None = None,
        kernel: attention.Kernel = "auto",
        max_batch: int = 16,
        cache_dir: str | os.PathLike[str] | None = None,
    ) -> None:
        self._checkpoint = checkpoint
        self._model = model
        self._tokenizer = tokenizer
        self._spec = spec or checkpoint.spec
        self._device: torch.device = model.device
        self._dtype: torch.dtype = model.dtype
        self._max_batch = max_batch
        self._cache_dir = None if cache_dir is None else Path(cache_dir)
        self._step = _STEP_GPU if self._device.type == "cuda" else _STEP_CPU
        self._needs = MemoryNeeds.of_model(model.config, self._dtype)
        biased = not model._supports_flash_attn  # noqa: SLF001 - the library's own word for it
        kernels = attention.choose(kernel, self._device, self._dtype, biased=biased)
        attention.install(model, *kernels)
        self.attention = attention.describe(*kernels)
        """The kernels that run: ``{"text": …, "vision": …}``."""
        self._images: ImageInputs = image_inputs(checkpoint, model, self._spec)
        self._format = ChatFormat(tokenizer, model.config.image_token_id, self._images.tokens)
        self._ends = end_tokens(model)
        # What the checkpoint recommends would mix with the settings.
        model.generation_config = GenerationConfig()  # type: ignore[no-untyped-call]
        self._vocabulary = Vocabulary(tokenizer, self._ends)
        self._lock = threading.Lock()

    @classmethod
    def load(
        cls,
        name: str | os.PathLike[str],
        *,
        revision: str | None = None,
        device: str | Mapping[str, Any] | None = None,
        dtype: torch.dtype | None = None,
        quantization: Any = None,
        spec: ModelSpec | None = None,
        kernel: attention.Kernel = "auto",
        max_batch: int = 16,
        cache_dir: str | os.PathLike[str] | None = None,
    ) -> Self:
        """Loads a checkpoint: safetensors only, and no code that comes with it is run.

        Args:
            name: A folder, or an id on the Hugging Face Hub.
            revision: Of a checkpoint on the hub.
            device: ``"cuda"``, ``"cuda:1"``, ``"mps"`` or ``"cpu"``; ``"auto"`` or a device map spreads the model over
                several GPUs through accelerate. By default one GPU if it fits there, else all, else the CPU.
            dtype: Of the weights. By default bfloat16; float32 for checkpoints under 4 GiB on a CPU.
            quantization: A quantisation configuration of transformers (``BitsAndBytesConfig`` …).
            spec: What its images cost; by default that of its name, else of its family.
            kernel: See the class.
            max_batch: See the class.
            cache_dir: See the class.

        Raises:
            ModelLoadError: There is no such checkpoint, or it cannot be read.
            ModelMemoryError: It does not fit the device.
            MissingExtraError: transformers, or what the options need, is not installed.
        """
        checkpoint = Checkpoint.find(name, revision=revision)
        model, tokenizer = checkpoint.load(device=device, dtype=dtype, quantization=quantization)
        return cls(checkpoint, model, tokenizer, spec=spec, kernel=kernel, max_batch=max_batch, cache_dir=cache_dir)

    def __repr__(self) -> str:
        return f"TransformersModel({self.name!r}, {self._device}, {self._dtype}, {self.attention['text']})"

    @property
    def name(self) -> str:
        """The hub id, or the folder's name."""
        return self._checkpoint.name

    @property
    def spec(self) -> ModelSpec:
        """Its window and what its images cost."""
        return self._spec

    @property
    def takes_tools(self) -> bool:
        """Whether its chat template tells it of tools."""
        return self._format.takes_tools

    def generate(
        self,
        conversations: Sequence[Conversation],
        settings: GenerationSettings,
        *,
        prefix: Prefix | None = None,
        cancel: threading.Event | None = None,
    ) -> list[Generation]:
        """See ``VisionModel.generate``; ``cancel``, set by another thread, ends it early."""
        cancel = cancel or threading.Event()
        prompts = self._prompts(conversations, settings)
        results: dict[int, Generation] = {}
        with self._lock:
            for batch in self._batches(prompts, prefix, settings):
                rows = [prompts[index] for index in batch]
                results |= dict(zip(batch, self._run(rows, settings, prefix, cancel), strict=True))
        return [_validated(results[index], settings) for index in range(len(prompts))]

    def stream(
        self, conversation: Conversation, settings: GenerationSettings, *, prefix: Prefix | None = None
    ) -> Iterator[str | Generation]:
        """See ``VisionModel.stream``."""
        items: SimpleQueue[Any] = SimpleQueue()
        cancel = threading.Event()
        thread = self._start(conversation, settings, prefix, cancel, items.put)
        try:
            while (item := items.get()) is not None:
                if isinstance(item, BaseException):
                    raise item
                yield item
        finally:
            cancel.set()
            thread.join()

    async def agenerate(
        self, conversations: Sequence[Conversation], settings: GenerationSettings, *, prefix: Prefix | None = None
    ) -> list[Generation]:
        """See ``VisionModel.agenerate``."""
        cancel = threading.Event()
        try:
            return await asyncio.to_thread(self.generate, conversations, settings, prefix=prefix, cancel=cancel)
        finally:
            cancel.set()

    async def astream(
        self, conversation: Conversation, settings: GenerationSettings, *, prefix: Prefix | None = None
    ) -> AsyncIterator[str | Generation]:
        """See ``VisionModel.astream``."""
        items: asyncio.Queue[Any] = asyncio.Queue()
        loop, cancel = asyncio.get_running_loop(), threading.Event()

        def put(item: Any) -> None:
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(items.put_nowait, item)

        self._start(conversation, settings, prefix, cancel, put)
        try:
            while (item := await items.get()) is not None:
                if isinstance(item, BaseException):
                    raise item
                yield item
        finally:
            cancel.set()

    def prefill(self, pages: Sequence[PageImage]) -> PrefilledPages:
        """See ``VisionModel.prefill``. With a ``cache_dir`` pages that an earlier process has read are loaded."""
        whole = self._format.prompt((Message("user", (*pages, "")),))
        prompt = Prompt(ids=whole.ids[: whole.pages_end], images=whole.images, ends=whole.ends, opened=False)
        with self._lock, torch.inference_mode():
            stored = self._store and self._store.load(prompt, self._empty_cache(), self, self._device)
            if stored:
                return stored
            self._require_window(len(prompt.ids))
            self._needs.require(len(prompt.ids), rows=1, step=prompt.longest_step(0), device=self._device)
            with self._memory_errors(len(prompt.ids)):
                cache = self._prefilled([prompt], (), threading.Event())
            found = PrefilledPages.of(prompt, cache, self)
            if self._store:
                self._store.save(found, prompt)
        return found

    @cached_property
    def _store(self) -> PrefillStore | None:
        if self._cache_dir is None:
            return None
        model_hash = weights_hash(self._checkpoint.folder, self._dtype)
        return PrefillStore(folder=self._cache_dir, model_hash=model_hash)

    @cached_property
    def _schemas(self) -> SchemaCompiler:
        size = self._model.config.get_text_config().vocab_size
        return SchemaCompiler(self._tokenizer, size, self._ends)

    @cached_property
    def _order(self) -> ReadingOrder | None:
        return ReadingOrder.of_tokenizer(self._tokenizer, self._ends, image=self._model.config.image_token_id)

    def _empty_cache(self) -> Any:
        return DynamicCache(config=self._model.config)

    def _prompts(self, conversations: Sequence[Conversation], settings: GenerationSettings) -> list[Prompt]:
        thinking = settings.thinking
        if settings.constraint is not None:
            check(settings.constraint)
            thinking = False  # the first token already has to follow the schema
        prompts = [
            self._format.prompt(conversation, thinking=thinking, tools=settings.tools) for conversation in conversations
        ]
        if any(len(prompt.ids) == prompt.pages_end for prompt in prompts):  # only without a chat template
            raise RequestError("text must follow the last page: this model's checkpoint has no template that adds any")
        self._require_window(max((len(prompt.ids) for prompt in prompts), default=0))
        return prompts

    def _require_window(self, tokens: int) -> None:
        if tokens >= self._spec.window:
            raise WindowOverflowError(
                f"needs {tokens:,} tokens, and {self.name} has a window of {self._spec.window:,}: read in "
                "windows (overflow='windows') or in a denser style"
            )

    @contextmanager
    def _memory_errors(self, tokens: int) -> Iterator[None]:
        """For what the estimate did not foresee."""
        try:
            yield
        except torch.OutOfMemoryError as error:
            raise ModelMemoryError(
                f"{tokens:,} tokens do not fit {self._device}: read in windows (overflow='windows'), take a denser "
                "style, or lower max_batch"
            ) from error

    def _batches(
        self, prompts: Sequence[Prompt], prefix: Prefix | None, settings: GenerationSettings
    ) -> Iterator[list[int]]:
        """Indices of the prompts that can be computed together: pages of equal sizes at the same places."""
        # Attention skips padding. A linear layer takes it into its state, so there all must be of one length.
        maskable = is_plain(self._empty_cache())
        alike: dict[Any, list[int]] = defaultdict(list)
        for index, prompt in enumerate(prompts):
            shapes = tuple(image.pixels.shape for image in prompt.images)
            length = None if maskable else len(prompt.ids)
            shared = self._shared(prefix, prompt)
            one = None if maskable or shared is None else id(shared)  # states of linear layers are not put together
            alike[shared and shared.tokens, prompt.ends.tobytes(), shapes, length, one].append(index)
        for (cached, *_), group in alike.items():
            longest = max(len(prompts[index].ids) for index in group) + settings.max_tokens
            step = max(prompts[index].longest_step(cached or 0) for index in group)
            most = self._needs.rows(longest, step=step, device=self._device, most=self._max_batch)
            yield from (group[start : start + most] for start in range(0, len(group), most))

    def _shared(self, prefix: Prefix | None, prompt: Prompt) -> PrefilledPages | None:
        """The longest prefix that is ours and that the prompt begins with."""
        parts = prefix.parts if isinstance(prefix, Prefixes) else (prefix,)
        ours = (part for part in parts if isinstance(part, PrefilledPages) and part.owner is self)
        return max((part for part in ours if part.begins(prompt)), key=lambda part: part.tokens, default=None)

    def _run(
        self,
        prompts: Sequence[Prompt],
        settings: GenerationSettings,
        prefix: Prefix | None,
        cancel: threading.Event,
        show: Callable[[str], None] | None = None,
    ) -> list[Generation]:
        """Generates for one batch; the lock is held."""
        thinks, forced = settings.constraint is None, settings.tool_choice != "auto"
        outputs = [
            Output(
                self._vocabulary,
                settings.stop,
                opened=thinks and prompt.opened,
                calls=ToolSplitter(settings.tools, forced=forced),
            )
            for prompt in prompts
        ]
        least = math.log(settings.least_likelihood) if settings.least_likelihood else -math.inf
        watch = Watch(outputs, cancel, show, least=least)
        began = time.perf_counter()
        shared = [found for prompt in prompts if (found := self._shared(prefix, prompt))]
        self._compute(prompts, settings, shared, watch, cancel)
        watch.close()
        ended = time.perf_counter()
        first = watch.first_token or ended
        seconds = {"prefill": first - began, "decode": ended - first}
        return [
            output.result(
                TokenUsage(prompt=len(prompt.ids), output=len(output.tokens), cached=shared[0].tokens if shared else 0),
                seconds,
                watch.logprob(row),
            )
            for row, (prompt, output) in enumerate(zip(prompts, outputs, strict=True))
        ]

    @torch.inference_mode()
    def _compute(
        self,
        prompts: Sequence[Prompt],
        settings: GenerationSettings,
        shared: Sequence[PrefilledPages],
        watch: Watch,
        cancel: threading.Event,
    ) -> None:
        longest, rows = max(len(prompt.ids) for prompt in prompts), len(prompts)
        room = min(settings.max_tokens, self._spec.window - longest)
        done = shared[0].tokens if shared else 0
        step = rows * max(prompt.longest_step(done) for prompt in prompts)
        self._needs.require(longest + room, rows=rows, step=step, device=self._device)
        config = generation_config(settings, room=room, ends=self._ends)
        if settings.constraint is not None:
            processors: list[Any] = [self._schemas.processor(settings.constraint), watch.likelihoods]
        elif self._order is not None:
            processors = [watch.likelihoods, self._order.for_batch()]  # what the rule forbids counts against the reply
        else:
            processors = [watch.likelihoods]
        with self._memory_errors(longest * rows):
            cache = self._prefilled(prompts, shared, cancel)
            if cancel.is_set():
                return
            places = [self._places(prompt) for prompt in prompts]
            ids, mask, positions = (tensor.to(self._device) for tensor in padded(prompts, places, self._ends[0]))
            with seeded(settings.seed, self._device):
                self._model.generate(
                    input_ids=ids,
                    attention_mask=mask,
                    position_ids=positions,
                    past_key_values=cache,
                    generation_config=config,
                    logits_processor=LogitsProcessorList(processors),
                    stopping_criteria=StoppingCriteriaList([watch]),
                )

    def _prefilled(self, prompts: Sequence[Prompt], shared: Sequence[PrefilledPages], cancel: threading.Event) -> Any:
        """A cache that holds the prompts up to their last page; ``shared`` is empty, or one for each of them."""
        cache = continued([one.cache for one in shared]) if shared else self._empty_cache()
        end = prompts[0].pages_end
        if end > cache.get_seq_length():
            places = torch.cat([self._places(prompt)[..., :end] for prompt in prompts], dim=-2)
            step = self._needs.step(end, rows=len(prompts), device=self._device, most=self._step)
            prefill(self._model, prompts, places, cache, self._images.tensors, step=step, cancel=cancel)
        return cache

    def _places(self, prompt: Prompt) -> torch.Tensor:
        grid = self._images.grid(prompt.images)
        ids = torch.from_numpy(prompt.ids)[None]
        return token_positions(self._model.model, ids, grid, self._model.config.image_token_id)

    def _start(
        self,
        conversation: Conversation,
        settings: GenerationSettings,
        prefix: Prefix | None,
        cancel: threading.Event,
        put: Callable[[Any], None],
    ) -> threading.Thread:
        """Generates in a thread that puts pieces, then the whole or what went wrong, then None."""

        def work() -> None:
            try:
                prompts = self._prompts([conversation], settings)
                with self._lock:
                    (found,) = self._run(prompts, settings, prefix, cancel, put)
                put(found if cancel.is_set() else _validated(found, settings))
            except BaseException as error:  # noqa: BLE001 - it is raised where the items are read
                put(error)
            put(None)

        thread = threading.Thread(target=work, name="glyph-generation", daemon=True)
        thread.start()
        return thread


def _validated(generation: Generation, settings: GenerationSettings) -> Generation:
    """Adds the JSON of a finished answer to a schema."""
    if settings.schema is None or generation.finish != "stop":
        return generation
    return replace(generation, data=parse(generation.text, settings.schema))
