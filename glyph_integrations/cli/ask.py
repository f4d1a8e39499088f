"""``glyph ask``: questions about whole documents."""

import os
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
    stream_answer,
)
from glyph_integrations.cli.sources import Pages, load_files

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
    overflow: Overflow = None,
    expand: Expand = "off",
    max_tokens: MaxTokens = None,
    stream: Annotated[bool, typer.Option("--stream", help="Print answers while they come.")] = False,
    show_pages: ShowPages = False,
    pages: Pages = "auto",
    password: Password = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Ask a model about files as a whole; exits with 3 if they do not hold the answer."""
    questions = question or [files.pop()]
    if not question and os.path.exists(questions[0]):  # noqa: PTH110  (a long question is no path, and no error)
        raise typer.BadParameter(f"the question comes last, and {questions[0]!r} is a file")
    if not files:
        raise typer.BadParameter("give at least one file, and then the question")
    with reported_errors(debug=debug), ProgressBar() as progress:
        text = load_files(files, pages=pages, password=password)
        reader = make_reader(model, base_url, style=style, overflow=overflow, expand=expand, max_tokens=max_tokens)
        with reader.open(text, progress=progress) as session:
            answers = []
            if stream and not as_json:
                for number, one in enumerate(questions):
                    _print_question(one, number, of=len(questions))
                    answers.append(stream_answer(session.stream(one), progress))
                    print_usage(answers[-1])
            else:
                answers = session.ask_all(questions)
                progress.stop()
                for number, answer in enumerate(() if as_json else answers):
                    _print_question(answer.question, number, of=len(questions))
                    print_answer(answer)
                    print_usage(answer)
            paths = save_cited_pages(session.rendering, answers) if show_pages else []
        if as_json:
            print_json({"answers": [answer.to_dict() for answer in answers], "pages": [str(path) for path in paths]})
        else:
            print_fields(("page", path) for path in paths)
        if all(answer.abstained for answer in answers):
            raise typer.Exit(ABSTAINED)


def _print_question(question: str, number: int, *, of: int) -> None:
    if of > 1:
        typer.echo(f"\n› {question}" if number else f"› {question}")
