"""For tests of what is built on this package: a model that says what it is told to, and a document to ask about."""

from __future__ import annotations

import asyncio
import io
import re
from bisect import bisect_right
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Final

from glyph_integrations.counting import count_text_tokens, model_spec
from glyph_integrations.errors import ModelError
from glyph_integrations.models import Generation, TokenUsage, images_of
from glyph_integrations.models.repetition import loop_start
from glyph_integrations.models.schema import check, parse
from glyph_integrations.models.thinking import ThinkingSplitter
from glyph_integrations.models.tools import ToolSplitter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence

    from glyph_integrations.counting import ModelSpec
    from glyph_integrations.models import Conversation, Finish, GenerationSettings, PageImage, Prefix
    from glyph_integrations.source import SourceText

_WORDS: Final = re.compile(r"\s*\S+|\s+\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedPrefix:
    """Pages that a ``ScriptedModel`` has seen before.

    Attributes:
        tokens: What they cost.
        fingerprints: Those of the pages, in order.
    """

    tokens: int
    fingerprints: tuple[str, ...]


class ScriptedModel:
    """A ``VisionModel`` that writes what it was told to, and remembers what it was asked.

    Like any host it splits off thinking (``<think>…</think>`` at the start) and, where it is given tools, calls
    (``<tool_call>…</tool_call>``; with a ``tool_choice`` the JSON of one), stops at stop strings, ``max_tokens`` and
    loops, and holds answers against the schema of the settings. It counts pages by its spec and text by estimate.
    Threads may share it.

    Args:
        answers: What to write, one after another, or a function that is called with each conversation.
        spec: Whose window and token arithmetic it has: a ``ModelSpec`` or the name of one.
        name: What to call it.

    Attributes:
        conversations: What it was shown, in order.
        settings: With which settings, in the same order.
    """

    def __init__(
        self,
        answers: Sequence[str] | Callable[[Conversation], str],
        *,
        spec: str | ModelSpec = "glm4v",
        name: str = "scripted",
    ) -> None:
        self.name = name
        self.takes_tools = True
        self.spec = model_spec(spec)
        self.conversations: list[Conversation] = []
        self.settings: list[GenerationSettings] = []
        self._answers = (answers,) if isinstance(answers, str) else answers
        self._given = 0
        self._lock = Lock()

    def generate(
        self, conversations: Sequence[Conversation], settings: GenerationSettings, *, prefix: Prefix | None = None
    ) -> list[Generation]:
        """Answers several conversations, in order.

        Raises:
            ModelError: No answer is left.
            RequestError: The schema of the settings cannot be used.
            ResponseError: An answer does not follow it.
        """
        return [
            part
            for conversation in conversations
            for part in self.stream(conversation, settings, prefix=prefix)
            if isinstance(part, Generation)
        ]

    def stream(
        self, conversation: Conversation, settings: GenerationSettings, *, prefix: Prefix | None = None
    ) -> Iterator[str | Generation]:
        """Answers one conversation word by word.

        Raises:
            ModelError: As ``generate`` does.
        """
        if settings.constraint is not None:
            check(settings.constraint)
        output, finish = _ended(self._next(conversation, settings), settings)
        splitter, calls = ThinkingSplitter(), ToolSplitter(settings.tools, forced=settings.tool_choice != "auto")
        shown: list[str] = []
        for word in _WORDS.findall(output):
            if piece := calls.feed(splitter.feed(word)):
                shown.append(piece)
                yield piece
        if piece := calls.feed(splitter.finish()) + calls.finish():
            shown.append(piece)
            yield piece
        text = "".join(shown)
        yield Generation(
            text=text,
            thinking=splitter.thinking,
            finish=finish,
            usage=self._usage(conversation, output, prefix),
            seconds={"prefill": 0.0, "decode": 0.0},
            data=parse(text, settings.schema) if settings.schema is not None and finish == "stop" else None,
            tool_calls=calls.calls,
        )

    async def agenerate(
        self, conversations: Sequence[Conversation], settings: GenerationSettings, *, prefix: Prefix | None = None
    ) -> list[Generation]:
        """``generate`` for an event loop; other tasks have their turn before each answer."""
        found: list[Generation] = []
        for conversation in conversations:
            await asyncio.sleep(0)
            found += self.generate([conversation], settings, prefix=prefix)
        return found

    async def astream(
        self, conversation: Conversation, settings: GenerationSettings, *, prefix: Prefix | None = None
    ) -> AsyncIterator[str | Generation]:
        """``stream`` for an event loop; other tasks have their turn before each word."""
        for part in self.stream(conversation, settings, prefix=prefix):
            await asyncio.sleep(0)
            yield part

    def prefill(self, pages: Sequence[PageImage]) -> ScriptedPrefix:
        """Remembers pages: their tokens count as cached where a conversation's first user message begins with them."""
        return ScriptedPrefix(tokens=self._tokens(pages), fingerprints=tuple(page.fingerprint for page in pages))

    def _next(self, conversation: Conversation, settings: GenerationSettings) -> str:
        with self._lock:
            self.conversations.append(conversation)
            self.settings.append(settings)
            if not callable(self._answers):
                if self._given == len(self._answers):
                    raise ModelError(
                        f"the {len(self._answers)} answers of {self.name!r} are used up: give it more, or a function"
                    )
                self._given += 1
                return self._answers[self._given - 1]
        return self._answers(conversation)

    def _tokens(self, pages: Iterable[PageImage]) -> int:
        return sum(self.spec.page_tokens(page.pixels.shape[1], page.pixels.shape[0]) for page in pages)

    def _usage(self, conversation: Conversation, output: str, prefix: Prefix | None) -> TokenUsage:
        texts = [part for message in conversation for part in message.content if isinstance(part, str)]
        cached = 0
        if isinstance(prefix, ScriptedPrefix):
            first = next((message.content for message in conversation if message.role == "user"), ())
            beginning = first[: len(prefix.fingerprints)]
            if prefix.fingerprints == tuple("" if isinstance(part, str) else part.fingerprint for part in beginning):
                cached = prefix.tokens
        return TokenUsage(
            prompt=self._tokens(images_of(conversation)) + _text_tokens("\n".join(texts)),
            output=_text_tokens(output),
            cached=cached,
        )


def sample_pdf() -> bytes:
    """A contract between people who do not exist: a PDF of a few small pages with headings, a table, and text.

    It has amounts, dates and identifiers to ask for. The same version of PyMuPDF writes the same bytes every time.
    """
    import pymupdf

    story = pymupdf.Story(_CONTRACT, user_css=_STYLE)
    page = pymupdf.paper_rect("a5")
    column = page + (42, 36, -42, -36)  # noqa: RUF005  (a sum of sides, not of sequences)
    written = io.BytesIO()
    writer = pymupdf.DocumentWriter(written)
    more = True
    while more:
        device = writer.begin_page(page)
        more, _ = story.place(column)
        story.draw(device)
        writer.end_page()
    writer.close()
    return written.getvalue()


def sample_text() -> SourceText:
    """``sample_pdf``, loaded."""
    from glyph_integrations.source import load

    return load(sample_pdf())


def _ended(output: str, settings: GenerationSettings) -> tuple[str, Finish]:
    """What a host would have let through of an output, and why it would have ended there."""
    finish: Finish = "stop"
    for stop in settings.stop:
        output = output.partition(stop)[0]
    if _text_tokens(output) > settings.max_tokens:
        words = _WORDS.findall(output)
        kept = bisect_right(range(len(words)), settings.max_tokens, key=lambda n: _text_tokens("".join(words[: n + 1])))
        output, finish = "".join(words[:kept]), "length"
    start = loop_start(output)
    return (output, finish) if start is None else (output[:start], "repetition")


def _text_tokens(text: str) -> int:
    return count_text_tokens(text, "estimate").count


_STYLE: Final = """
body { font-family: sans-serif; font-size: 10pt; line-height: 1.25 }
h1 { font-size: 16pt } h2 { font-size: 11pt } p { margin: 4pt 0 6pt } .page { page-break-before: always }
table { width: 100%; border-collapse: collapse } th, td { border: 1px solid black; padding: 3px; text-align: left }
"""
_CONTRACT: Final = """
<h1>Charter of the Sailing Barge Wilhelmine</h1>
<p>Contract no. SBW-2031-0417-K, signed at Port Ellery on 17 April 2031.</p>
<h2>1. Parties</h2>
<p>The owner is Tessaly Marsh Barges Ltd, registered under no. 08841927, of 3 Sluice Row, Port Ellery (the Owner). The
charterer is the Orrin Valley Choral Society, registered charity no. 5520-318, of 41 Bellmaker Street, Orrin (the
Charterer). The Owner is represented by its director, Ida Fennimore; the Charterer by its treasurer, Josef
Quillan.</p>
<h2>2. The Vessel</h2>
<p>The Owner lets the sailing barge Wilhelmine, built in 1911, official number 129764, radio call sign MQZL7, to the
Charterer with her skipper and one mate. She may carry 46 passengers by day and sleeps 18. Her engine is a six-cylinder
diesel of 118 kW, serial number D6-77120-B, last surveyed on 9 January 2031.</p>
<h2>3. Period</h2>
<p>The charter begins at 09:00 on Friday, 6 June 2031 at the north quay of Port Ellery and ends at 18:00 on Sunday,
15 June 2031 at the same place. If the Vessel is returned late, the Charterer pays EUR 95.00 for every hour begun,
unless the skipper decided to wait for the weather.</p>
<h2 class='page'>4. Hire and payments</h2>
<p>The hire is EUR 14,850.00 for the whole period. Fuel, harbour dues and food are not included. The payments are made
to account 7100-2284-09 with the Ellery Savings Bank, under the references below.</p>
<table>
<tr><th>Payment</th><th>Due</th><th>Amount</th><th>Reference</th></tr>
<tr><td>Deposit</td><td>1 May 2031</td><td>EUR 3,712.50</td><td>WIL-0417-1</td></tr>
<tr><td>First part</td><td>20 May 2031</td><td>EUR 5,568.75</td><td>WIL-0417-2</td></tr>
<tr><td>Second part</td><td>2 June 2031</td><td>EUR 5,568.75</td><td>WIL-0417-3</td></tr>
<tr><td>Security</td><td>6 June 2031</td><td>EUR 2,000.00</td><td>WIL-0417-S</td></tr>
</table>
<p>A payment that is late bears interest of 6.5 per cent a year from the day after it was due. The security is returned
within 14 days of the end of the charter, less the cost of damage that the Charterer has caused.</p>
<h2>5. Duties of the Owner</h2>
<p>The Owner delivers the Vessel clean, seaworthy and with valid papers, and keeps her insured for EUR 1,250,000 under
policy HM-66-20914. The skipper alone decides about course, sail and safety. If the Vessel cannot sail for more than
48 hours through a fault of her own, the Charterer is repaid EUR 1,485.00 for each full day that is lost.</p>
<h2>6. Duties of the Charterer</h2>
<p>The Charterer names all passengers to the Owner no later than 30 May 2031, sees to it that nobody smokes below deck,
and brings no animals aboard except one guide dog, whose name is Bramble. Concerts on deck end at 22:30. Two
rehearsals are allowed in the hold, which seats 32.</p>
<h2>7. Cancellation</h2>
<p>The Charterer may cancel in writing. Up to 45 days before the charter begins the Owner keeps the deposit and nothing
else; from 44 to 15 days before, half of the hire; after that, all of it. The Owner may cancel only if the Vessel is
lost or her survey certificate is withdrawn, and then repays everything that was paid within 10 days.</p>
<h2 class='page'>8. Inventory</h2>
<p>The parties check the inventory together when the Vessel is handed over and when she is returned. What is missing or
broken then is charged at the price in the table.</p>
<table>
<tr><th>Article</th><th>Mark</th><th>Pieces</th><th>Price of each</th></tr>
<tr><td>Life jacket, adult</td><td>LJ-A</td><td>52</td><td>EUR 64.90</td></tr>
<tr><td>Life jacket, child</td><td>LJ-C</td><td>12</td><td>EUR 48.50</td></tr>
<tr><td>Folding chair</td><td>FC</td><td>40</td><td>EUR 27.00</td></tr>
<tr><td>Oil lamp, brass</td><td>OL-7</td><td>7</td><td>EUR 112.00</td></tr>
<tr><td>Harmonium, serial no. 30418</td><td>HM</td><td>1</td><td>EUR 1,960.00</td></tr>
</table>
<h2>9. Notices</h2>
<p>Notices are in writing and count from the day they arrive: to the Owner at charter@tessaly-barges.example or by
telephone +44 1632 960118, to the Charterer at treasurer@orrin-choral.example. Whoever wants to change the crew, the
place of return or the number of passengers gives notice of 21 days. The skipper, Anneke Thorsby, may be called at any
hour during the charter on +44 1632 960342.</p>
<h2>10. Luggage and instruments</h2>
<p>Every passenger may bring one bag of 20 kg and one instrument. Instruments longer than 1.60 m travel in the hold at
the Charterer's risk, unless they were declared by 23 May 2031; declared ones are insured for EUR 8,000 in all, under
policy HM-66-20915.</p>
<h2>11. Disputes</h2>
<p>The parties first turn to the mediator of the Port Ellery Harbour Board. If no agreement is reached within 60 days,
the county court of Ellery decides. Changes to this contract are valid only in writing, signed by both parties.</p>
<p>Signed: Ida Fennimore, for the Owner. Josef Quillan, for the Charterer. Witness: Marguerite Oyelaran, harbour master,
licence PH-3306.</p>
"""
