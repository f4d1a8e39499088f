"""What the commands that ask a model have in common: which model, how it reads, how answers are shown."""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from glyph_integrations.cli.output import print_fields
from glyph_integrations.models import settings_for
from glyph_integrations.reading import Reader
from glyph_integrations.rendering import render_style

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from glyph_integrations.models import VisionModel
    from glyph_integrations.reading import Answer, AnswerStream, Place, Progress
    from glyph_integrations.rendering import Rendering


def _checked_expand(value: str) -> str:
    if value not in {"off", "auto"} and not (value.isdecimal() and int(value) > 0):
        raise typer.BadParameter("off, auto, or a number of pages from 1")
    return value


Model = Annotated[
    str,
    typer.Option(help="A model's folder or Hugging Face id; with --base-url the name that the server knows."),
]
BaseUrl = Annotated[
    str | None,
    typer.Option(help="An OpenAI-compatible server, such as http://localhost:8000/v1. Its key: OPENAI_API_KEY."),
]
ReadingStyle = Annotated[
    str | None,
    typer.Option("--style", help="A preset (see: glyph styles); by default the model's.", show_default=False),
]
Overflow = Annotated[
    Literal["error", "windows", "denser"] | None,
    typer.Option(
        help="A text too long for the model: refuse it (the default), read it in windows, or take a denser style.",
        show_default=False,
    ),
]
Expand = Annotated[
    str,
    typer.Option(
        metavar="off|auto|N",
        callback=_checked_expand,
        help="Give the model pages as text too: none, those it asks for or misquotes, or N of its choice.",
    ),
]
MaxTokens = Annotated[int | None, typer.Option(min=1, help="Most tokens to generate.", show_default=False)]
ShowPages = Annotated[
    bool, typer.Option("--show-pages", help="Save the pages that the answer cites, with the passages framed.")
]

_FRAME = (210, 40, 40)
# Models copy what documents hold: nothing of it may control the terminal.
_CONTROLS = dict.fromkeys({*range(0x20), *range(0x7F, 0xA0)} - {ord("\t"), ord("\n")})
_STAGES = {"load": "Loading", "render": "Rendering", "prefill": "Prefilling", "read": "Reading"}


def make_reader(
    model: str,
    base_url: str | None,
    *,
    style: str | None = None,
    overflow: Literal["error", "windows", "denser"] | None = None,
    expand: str = "off",
    max_tokens: int | None = None,
) -> Reader:
    """The reader that the options ask for.

    Raises:
        GlyphError: There is no such model, or an option has no such value.
    """
    if style is not None:
        render_style(style)  # refused before a model is loaded
    found = _vision_model(model, base_url)
    settings = settings_for(found.spec)
    if max_tokens is not None:
        settings = settings.replace(max_tokens=max_tokens)
    return Reader(
        found,
        style=style,
        settings=settings,
        overflow=overflow,
        expand=int(expand) if expand.isdecimal() else expand,  # type: ignore[arg-type]  # off or auto
    )


def _vision_model(model: str, base_url: str | None) -> VisionModel:
    if base_url is not None:
        from glyph_integrations.models.server import ServerModel

        return ServerModel(base_url, model)
    from glyph_integrations.models.local import TransformersModel

    if not sys.stderr.isatty():
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()  # type: ignore[no-untyped-call]
    loaded: VisionModel = TransformersModel.load(model)
    return loaded


class ProgressBar:
    """Shows on stderr how far a reading has come; silent where that is no terminal, and gone when it is done."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        self._bars = Bars(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._bars.add_task("")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Clears the way for results; what is told next brings it back."""
        self._bars.stop()

    def __call__(self, progress: Progress) -> None:
        """Takes what a reading tells."""
        stage = _STAGES[progress.stage]
        self._bars.update(self._task, description=stage, completed=progress.done, total=progress.total)
        if progress.done < progress.total:  # the end of a stage must not draw over an answer that was streamed
            self._bars.start()


def echo(text: str, *, nl: bool = True) -> None:
    """Prints what a model wrote or a document holds, without characters that control terminals."""
    typer.echo(text.translate(_CONTROLS), nl=nl)


def stream_answer(stream: AnswerStream, progress: ProgressBar) -> Answer:
    """Prints an answer while it comes, and then what ``print_answer`` prints below it."""
    for piece in stream:
        progress.stop()
        echo(piece, nl=False)
    progress.stop()
    answer = stream.answer
    if answer.text:
        typer.echo()
    print_answer(answer, text=False)
    return answer


def print_answer(answer: Answer, *, text: bool = True) -> None:
    """Prints an answer for people: text (unless it has been shown while it came), citations, what was checked."""
    if answer.abstained or (text and answer.text):
        echo(str(answer))
    if answer.finish == "unlikely":
        echo(f"(it was not sure enough of a reply{': ' if answer.withheld else ''}{answer.withheld})")
    if answer.finish in {"length", "repetition"}:
        why = "--max-tokens was reached" if answer.finish == "length" else "the model fell into a loop"
        typer.echo(f"(incomplete: {why})")
    typer.echo()
    for citation in answer.citations:
        echo(f"  {_quoted(citation.quote)}")
        echo(f"    {citation.source}, page {citation.label or citation.page}")
    for check in answer.checks:
        if check.status == "corrected" and check.kind == "quote":  # the citation above shows the source's words
            echo(f"  misquoted by the model: {_quoted(check.read_as)}")
        elif check.status == "corrected":
            echo(f"  corrected from the source: {_quoted(check.read_as)} is {_quoted(check.text)}")
        elif check.status == "absent":
            echo(f"  not found in the source's text: {_quoted(check.text)}")
        elif check.status == "unchecked":
            echo(f"  not checked, the source is too large: {_quoted(check.text)}")
    if answer.citations or any(check.status != "found" for check in answer.checks):
        typer.echo()


def _quoted(text: str) -> str:
    return f"“{' '.join(text.split())}”"


def print_usage(answer: Answer) -> None:
    """Prints what an answer cost."""
    usage = answer.usage
    stages = ", ".join(f"{stage} {usage.seconds[stage]:.2f}" for stage in _ordered(usage.seconds))
    sent = usage.visual_tokens + usage.expansion_tokens
    print_fields(
        [
            ("model", f"{answer.model}, pages in style {answer.style}"),
            ("document", f"{usage.text_tokens:,} text tokens ({usage.tokenizer}) read as {sent:,} tokens"),
            ("compression ratio", f"{usage.compression_ratio:.2f}×"),
            ("prompt tokens", f"{usage.prompt_tokens:,}, of which {usage.cached_tokens:,} cached"),
            ("output tokens", usage.output_tokens),
            ("verified", answer.verified if answer.checks else "nothing to check"),
            ("seconds", stages),
        ]
    )


def save_cited_pages(rendering: Rendering, answers: Sequence[Answer]) -> list[Path]:
    """Saves the rendered pages that answers cite as PNG files, cited passages framed; returns where they lie."""
    from PIL import ImageDraw

    cited: dict[int, list[Place]] = defaultdict(list)
    for place in (place for answer in answers for citation in answer.citations for place in citation.rendered):
        cited[place.index].append(place)
    if not cited:
        return []
    folder = Path(tempfile.mkdtemp(prefix="glyph-pages-"))
    paths = []
    for index in sorted(cited):
        image = rendering[index].image.convert("RGB")
        draw = ImageDraw.Draw(image)
        for place in cited[index]:
            x0, y0, x1, y1 = place.box
            draw.rectangle(
                (x0 * image.width - 2, y0 * image.height - 1, x1 * image.width + 1, y1 * image.height), outline=_FRAME
            )
        paths.append(folder / f"page-{index + 1:04}.png")
        image.save(paths[-1])
    return paths


def _ordered(stages: object) -> Iterator[str]:
    known = ("load", "render", "prefill", "decode")
    return (stage for stage in known if stage in stages)  # type: ignore[operator]
