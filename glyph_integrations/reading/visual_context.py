"""``VisualContext``: conversations whose documents become pages, for chat models inside other frameworks.

``Reader`` writes its own prompts. A chain or an agent brings its own, with documents in the midst of them; here only
the documents change, into pages at the beginning of a user message, with a word in their place that says which pages.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

from glyph_integrations.counting import count_text_tokens, model_spec
from glyph_integrations.errors import RequestError, WindowOverflowError
from glyph_integrations.models.special_tokens import break_special_tokens
from glyph_integrations.reading.answer import Usage
from glyph_integrations.reading.marking import MarkedDocument, split_marked
from glyph_integrations.rendering import render, render_style
from glyph_integrations.rendering.plan import answer_room, worth_rendering
from glyph_integrations.source import SourceText
from glyph_integrations.source.names import print_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from glyph_integrations.counting import ModelSpec
    from glyph_integrations.models import PageImage, ToolCall
    from glyph_integrations.rendering import Page, RenderStyle

    _Part = str | SourceText | PageImage

Role = Literal["system", "user", "assistant", "tool"]
_HERE: Final = "These are the images named above."
_RECENT: Final = 4  # turns that always stay text
_AROUND_A_TURN: Final = 4  # tokens: its role, and where it begins and ends
_CAUTION: Final = 0.8  # tables and names take more room than prose
_PROSE: Final = 40 * (
    "The tenant keeps the rooms in good order and tells the landlord without delay of any damage. Whoever leaves "
    "before the end of the term gives notice three months ahead, in writing, and pays what is due until then. The "
    "heating is read once a year, in November, and the costs are shared by the size of the rooms. Repairs that cost "
    "less than a hundred pounds are the tenant's own affair, as long as they do not come up four times in a year. "
)
_KEPT: Final = 16  # documents, of which pages are kept: those of an agent's open ones
_ASKED: Final = re.compile(r"^[ \t]*+(?:question|query):[ \t]*+(\S.*+)$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One message of a conversation in a framework.

    Attributes:
        role: Who says it.
        parts: Texts (in which documents may be marked, see ``mark_document``), documents, and images, in order.
        origin: Which of the framework's messages it is; None for one that was added to hold pages.
        calls: The tools that the assistant calls in it.
        images: Images of a tool's result: they are shown in a user turn after it.
    """

    role: Role
    parts: tuple[_Part, ...]
    origin: int | None = None
    calls: tuple[ToolCall, ...] = ()
    images: tuple[PageImage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ShownDocument:
    """A document of a conversation that became pages.

    Attributes:
        text: The document.
        pages: Its pages.
        first: Number of its first page, counted over all images of the conversation, from 1.
        text_tokens: What it would have cost as text, in tokens of ``tokenizer``.
        visual_tokens: What its pages cost.
        tokenizer: Whose text tokens.
    """

    text: SourceText
    pages: tuple[Page, ...]
    first: int
    text_tokens: int
    visual_tokens: int
    tokenizer: str

    @property
    def name(self) -> str:
        """What it is called: the names of its sources."""
        return ", ".join(source.name for source in self.text.sources)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shown:
    """A conversation with its documents as pages.

    Attributes:
        turns: The turns, with texts and images only, images in user turns only.
        documents: The documents that became pages, in order.
    """

    turns: tuple[Turn, ...]
    documents: tuple[ShownDocument, ...]

    @property
    def usage(self) -> Usage:
        """What the documents cost as pages, and would have cost as text."""
        return Usage(
            text_tokens=sum(document.text_tokens for document in self.documents),
            tokenizer=self.documents[0].tokenizer if self.documents else "estimate",
            visual_tokens=sum(document.visual_tokens for document in self.documents),
        )

    @property
    def pages(self) -> int:
        """How many pages the documents became."""
        return sum(len(document.pages) for document in self.documents)

    @property
    def question(self) -> str:
        """What is asked, for models that take no instructions and are asked the question alone.

        Of the last user turn it is the last line that begins with "Question:" or "Query:", without that word; else
        the last paragraph.
        """
        said = (
            "\n\n".join(part for part in turn.parts if isinstance(part, str))
            for turn in reversed(self.turns)
            if turn.role == "user" and turn.parts[-1:] != (_HERE,)
        )
        text = next(filter(str.strip, said), "")
        if labelled := _ASKED.findall(text):
            return str(labelled[-1]).strip()
        return text.strip().rpartition("\n\n")[2].strip()


class VisualContext:
    """Shows a model the documents of a conversation as pages, where that takes fewer tokens than their text.

    Documents in system messages, and documents and images in results of tools, where most models take no images, are
    shown at the beginning of the user message that follows, or of one that is added. Only user, system and tool turns
    are looked at; all other text stays as it is, except that special tokens of models are broken in the text of
    documents, users and tools (``break_special_tokens``). Rendered documents are kept for the next turn. May be used
    from several threads.

    Args:
        spec: The model that reads: a name or a ``ModelSpec``.
        style: How pages are rendered; by default the style that suits the model.
        render_above: Render text without marks too: of at least so many characters, in results of tools and in parts
            of user messages after which another text follows. The last text of a user message, instructions and what
            the assistant said are never rendered. By default only documents are.
        always: Render documents even where their text takes fewer tokens.
        tokenizer: Whose text tokens are counted; see ``count_text_tokens``.

    Raises:
        UnknownModelError: There is no such spec.
        StyleError: There is no such style.
        RequestError: ``render_above`` is negative.
    """

    def __init__(
        self,
        spec: str | ModelSpec,
        *,
        style: str | RenderStyle | None = None,
        render_above: int | None = None,
        always: bool = False,
        tokenizer: str = "cl100k_base",
    ) -> None:
        if render_above is not None and render_above < 0:
            raise RequestError("render_above is a number of characters, None for no text without marks")
        self.spec = model_spec(spec)
        self.style = render_style(style or self.spec.default_style)
        self._render_above = render_above
        self._always = always
        self._tokenizer = tokenizer
        self._kept: OrderedDict[tuple[str, str], ShownDocument | None] = OrderedDict()
        self._lock = threading.Lock()

    def show(self, turns: Sequence[Turn]) -> Shown:
        """Turns documents into pages.

        A conversation that would outgrow the model's window by its text is shown with its earlier turns as a document,
        all but the latest four; turns that call tools stay as they are.

        Raises:
            WindowOverflowError: The pages do not fit the model's window.
            StyleError: The style leaves no room for text on this model's pages.
        """
        shown = self._shown(turns)
        if self.spec.instructed and self._is_long(shown):
            shown = self._shown(_with_earlier_folded(turns))
        self._require_room(shown.documents)
        return shown

    def _shown(self, turns: Sequence[Turn]) -> Shown:
        shown: list[Turn] = []
        documents: list[ShownDocument] = []
        waiting: list[PageImage] = []  # until a user turn takes them
        images = 0
        for turn in turns:
            if waiting and turn.role == "assistant":
                shown.append(Turn(role="user", parts=(*waiting, _HERE)))
                waiting = []
            parts: list[str | PageImage] = []
            for part, pieces in self._parted(turn):
                words = ""
                for piece in pieces:
                    document = None if isinstance(piece, str) else self._document(piece, images + 1)
                    if document:
                        documents.append(document)
                        waiting += document.pages
                        images += len(document.pages)
                    words += _words(piece, document, turn.role)
                parts.append(words if isinstance(part, str | SourceText) else part)
            if turn.images:
                waiting += turn.images
                parts.append(_where(images + 1, len(turn.images)))
                images += len(turn.images)
            if turn.role == "user":
                images += sum(not isinstance(part, str) for part in parts)
                parts[:0] = waiting
                waiting = []
            shown.append(replace(turn, parts=tuple(parts), images=()))
        if waiting:
            shown.append(Turn(role="user", parts=(*waiting, _HERE)))
        return Shown(turns=tuple(shown), documents=tuple(documents))

    @cached_property
    def text_window(self) -> int:
        """Tokens of text that the window holds as pages: an estimate, by what the style makes of English prose.

        At least the window itself, since text that gains nothing stays text.
        """
        rendering = render(_PROSE, self.style, self.spec, tokenizer=self._tokenizer)
        taken = sum(self.spec.page_tokens(*size) for size in rendering.page_sizes)
        ratio = count_text_tokens(_PROSE, self._tokenizer).count / taken
        return max(int((self.spec.window - answer_room(self.spec)) * ratio * _CAUTION), self.spec.window)

    def count_tokens(self, turns: Sequence[Turn]) -> int:
        """What a conversation takes of the window: documents as the pages that they become, text by its tokenizer.

        Raises:
            WindowOverflowError: See ``show``.
        """
        return self._tokens(self.show(turns))

    def _is_long(self, shown: Shown) -> bool:
        room = self.spec.window - answer_room(self.spec)
        characters = sum(len(part) for turn in shown.turns for part in turn.parts if isinstance(part, str))
        return characters > room - shown.usage.visual_tokens and self._tokens(shown) > room  # no token without a letter

    def _tokens(self, shown: Shown) -> int:
        tokens = 0
        for turn in shown.turns:
            tokens += _AROUND_A_TURN
            for part in turn.parts:
                if isinstance(part, str):
                    tokens += count_text_tokens(part, self._tokenizer).count
                elif not isinstance(part, SourceText):
                    height, width = part.pixels.shape[:2]
                    tokens += self.spec.page_tokens(width, height)
        return tokens

    def _parted(self, turn: Turn) -> Iterator[tuple[_Part, list[str | SourceText]]]:
        """The parts of a turn, each with the texts and documents that it is made of."""
        last = max((place for place, part in enumerate(turn.parts) if isinstance(part, str)), default=-1)
        for place, part in enumerate(turn.parts):
            if isinstance(part, str):
                data = turn.role == "tool" or (turn.role == "user" and place < last)
                yield (
                    part,
                    [part] if turn.role == "assistant" else [self._piece(piece, data) for piece in split_marked(part)],
                )
            else:
                yield part, [part] if isinstance(part, SourceText) else []

    def _piece(self, piece: str | MarkedDocument, data: bool) -> str | SourceText:  # noqa: FBT001
        if isinstance(piece, MarkedDocument):
            return SourceText.from_string(piece.text, name=piece.name)
        if data and self._render_above is not None and len(piece) >= max(self._render_above, 1):
            return SourceText.from_string(piece, name="text")
        return piece

    def _document(self, text: SourceText, first: int) -> ShownDocument | None:
        """A document as pages; None where its text is better."""
        if not text.text.strip() and not text.pictures:
            return None
        key = (text.sources[0].name if len(text.sources) == 1 else "", text.text)
        if text.pictures or not key[0]:  # texts alone do not tell these apart
            rendered = self._rendered(text)
        else:
            with self._lock:
                if key not in self._kept:
                    self._kept[key] = self._rendered(text)
                self._kept.move_to_end(key)
                rendered = self._kept[key]
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        return rendered and replace(rendered, first=first)

    def _rendered(self, text: SourceText) -> ShownDocument | None:
        rendering = render(text, self.style, self.spec, tokenizer=self._tokenizer)
        tokens = count_text_tokens(text.text, self._tokenizer)
        room = sum(self.spec.page_tokens(*size) for size in rendering.page_sizes)
        if not self._always and not worth_rendering(text, tokens, room)[0]:
            return None
        return ShownDocument(
            text=text,
            pages=tuple(rendering),
            first=1,
            text_tokens=tokens.count,
            visual_tokens=rendering.visual_tokens,
            tokenizer=tokens.tokenizer,
        )

    def _require_room(self, documents: Sequence[ShownDocument]) -> None:
        if not self.spec.instructed:  # they are read in windows
            return
        sizes = [(page.width, page.height) for document in documents for page in document.pages]
        needed, room = sum(self.spec.page_tokens(*size) for size in sizes), self.spec.window - answer_room(self.spec)
        most = self.spec.images_per_request
        if needed > room or (most and len(sizes) > most):
            limit = f" and at most {most} images" if most else ""
            raise WindowOverflowError(
                f"the documents of this conversation take {needed:,} tokens on {len(sizes):,} pages, and "
                f"{self.spec.name} has {room:,}{limit}: take a denser style or a model with a larger window, or ask "
                "with a Reader, which can read in windows"
            )


def _with_earlier_folded(turns: Sequence[Turn]) -> Sequence[Turn]:
    """A conversation whose earlier turns are one document; as it is where there is nothing to fold."""
    first = next((place for place, turn in enumerate(turns) if turn.role != "system"), len(turns))
    stop = first
    for place in range(first, len(turns) - _RECENT):
        calls = "tool" in {turn.role for turn in turns[place : place + 2]}
        if calls or not all(isinstance(part, str) for part in turns[place].parts):
            break
        stop = place + 1
    if stop - first < 2:
        return turns
    said = [f"{turn.role}: {_plain(turn)}" for turn in turns[first:stop]]
    earlier = SourceText.from_string("\n\n".join(said), name="earlier conversation")
    return [*turns[:first], Turn(role="user", parts=(earlier,)), *turns[stop:]]


def _plain(turn: Turn) -> str:
    """What a turn says, without marks."""
    pieces = [piece for part in turn.parts if isinstance(part, str) for piece in split_marked(part)]
    return "".join(piece if isinstance(piece, str) else piece.text for piece in pieces)


def _words(piece: str | SourceText, document: ShownDocument | None, role: Role) -> str:
    """What stands in the text where a piece of it was; nobody's documents speak in the tokens of a template."""
    if document:
        name = break_special_tokens(print_name(document.name))
        return f"[{name}: {_where(document.first, len(document.pages))[1:]}"
    if isinstance(piece, SourceText):
        return break_special_tokens(piece.text)
    return piece if role in {"system", "assistant"} else break_special_tokens(piece)


def _where(first: int, count: int) -> str:
    last = first + count - 1
    return f"[shown on image {first}]" if first == last else f"[shown on images {first} to {last}]"
