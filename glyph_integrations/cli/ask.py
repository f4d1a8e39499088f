"""``glyph ask``: questions about whole documents."""

from typing import Annotated

import typer

from glyph_integrations.cli.output import Debug, Json, Password, print_fields, print_json, reported_errors
from glyph_integrations.cli.readers import (
    BaseUrl,
    Expand,
    MaxTokens,
    Model,
    Overflow,
    ProgressBar,
    ReadingStyle,
    ShowPages,
    make_reader,
    print_answer,
    print_usage,
    save_cited_pages,
)
from glyph_integrations.cli.sources import Pages, load_files
from glyph_integrations.reading import Answer, ReadingSession

ABSTAINED = 3
"""Exit code where no question was answered because the document does not hold the answer."""

FilesAndQuestion = Annotated[
    list[str],
    typer.Argument(metavar="FILE... QUESTION", help="Files, folders or patterns, then the question (unless -q)."),
]
Questions = Annotated[
    list[str] | None, typer.Option("--question", "-q", help="A question; several are asked of one reading.")
]


def ask(
    files: FilesAndQuestion,
    *,
    model: Model,
    question: Questions = None,
    base_url: BaseUrl = None,
    style: ReadingStyle = None,
    overflow: Overflow = "error",
    expand: Expand = "off",
    max_tokens: MaxTokens = None,
    stream: Annotated[bool, typer.Option("--stream", help="Print answers while they come.")] = False,
    show_pages: ShowPages = False,
    pages: Pages = "auto",
    password: Password = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Ask a model about FILES as a whole; exits with 3 if they do not hold the answer."""
    questions = question or [files[-1]]
    files = files if question else files[:-1]
    if not files:
        raise typer.BadParameter("give at least one file, and then the question")
    with reported_errors(debug=debug), ProgressBar() as progress:
        reader = make_reader(model, base_url, style=style, overflow=overflow, expand=expand, max_tokens=max_tokens)
        text = load_files(files, pages=pages, password=password)
        with reader.open(text, progress=progress) as session:
            if stream and not as_json:
                answers = [_streamed(session, one, progress) for one in questions]
            else:
                answers = session.ask_all(questions)
                progress.stop()
                if not as_json:
                    for answer in answers:
                        _print(answer, heading=len(answers) > 1)
            paths = save_cited_pages(session.rendering, answers) if show_pages else []
        if as_json:
            print_json({"answers": [answer.to_dict() for answer in answers], "pages": [str(path) for path in paths]})
        else:
            print_fields(("page", path) for path in paths)
        if all(answer.abstained for answer in answers):
            raise typer.Exit(ABSTAINED)


def _streamed(session: ReadingSession, question: str, progress: ProgressBar) -> Answer:
    stream = session.stream(question)
    for piece in stream:
        progress.stop()
        typer.echo(piece, nl=False)
    progress.stop()
    answer = stream.answer
    typer.echo()
    print_answer(answer, text=False)
    print_usage(answer)
    return answer


def _print(answer: Answer, *, heading: bool) -> None:
    if heading:
        typer.echo(f"› {answer.question}")
    print_answer(answer)
    print_usage(answer)
    typer.echo()
