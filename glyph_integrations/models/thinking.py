"""What reasoning models write: thinking first, then an answer that may stand in a frame.

::

    <think> … </think> <answer> … </answer>          Glyph, GLM-4.1V
    <think> … </think> … <|begin_of_box|> … <|end_of_box|>    GLM-4.5V and later
    <think> … </think> …                             Qwen3, and others
    … </think> …                                     the same, where the prompt ended with <think> already
"""

from __future__ import annotations

import re
from typing import Final

OPENING: Final = "<think>"
CLOSING: Final = "</think>"
_FRAME: Final = ("<answer>", "</answer>")
BOX: Final = ("<|begin_of_box|>", "<|end_of_box|>")
"""Special tokens, so no text of a document: GLM puts them around the gist of an answer, wherever that stands."""
_BOX_PATTERN: Final = re.compile("|".join(map(re.escape, BOX)))


class ThinkingSplitter:
    """Takes an output piece by piece and tells the answer from the thinking; cutting it elsewhere changes nothing.

    Tags count where a model puts them: ``<think>`` and ``<answer>`` at the very start (of the output, of the answer),
    ``</answer>`` at the very end of an answer that ``<answer>`` began, the tokens for boxes anywhere.
    Elsewhere they are text like any other, so a document about tags can be quoted. What stands before a
    ``</think>`` is thinking only if ``<think>`` came first, in the output or in the prompt: an answer that has been
    shown is never taken back.

    Args:
        opened: The prompt ended with ``<think>``: the output begins with thinking.
    """

    def __init__(self, *, opened: bool = False) -> None:
        self._step = self._think if opened else self._open
        self._waiting = ""  # may turn out to be part of a tag
        self._held: list[str] = []  # space and ends of frames: not shown if the output ends here
        self._thinking: list[str] = []
        self._tags: tuple[str, ...] = BOX
        self._shown = False

    @property
    def thinking(self) -> str:
        """The thinking so far, without tags and without space around it."""
        return _BOX_PATTERN.sub("", "".join(self._thinking)).strip().removeprefix(OPENING).strip()

    def feed(self, piece: str) -> str:
        """Takes the next piece of the output.

        Returns:
            What can be shown of the answer now: space at its start is dropped, and what may yet turn out to be part
            of a tag or space at its end is held back.
        """
        self._waiting += piece
        return self._step()

    def finish(self) -> str:
        """Takes the end of the output.

        Returns:
            The rest of the answer, without space at its end. Beginnings of tags that never came are part of it.
        """
        rest, self._waiting = self._waiting, ""
        if self._step == self._think:
            self._thinking.append(rest)
            return ""
        rest = "".join([*self._held, _BOX_PATTERN.sub("", rest)]).rstrip()
        if _FRAME[1] in self._tags:
            rest = rest.removesuffix(_FRAME[1]).rstrip()
        return rest if self._shown else rest.lstrip()

    def _open(self) -> str:
        start = self._waiting.lstrip()
        if start.startswith(OPENING):
            self._waiting = start.removeprefix(OPENING)
            self._step = self._think
        elif OPENING.startswith(start):
            self._waiting = start
            return ""
        else:
            self._step = self._frame
        return self._step()

    def _think(self) -> str:
        thought, tag, rest = self._waiting.partition(CLOSING)
        if not tag:
            cut = start_of_tag(thought, (CLOSING,))
            self._thinking.append(thought[:cut])
            self._waiting = thought[cut:]
            return ""
        self._thinking.append(thought)
        self._waiting = rest
        self._step = self._frame
        return self._step()

    def _frame(self) -> str:
        start = self._waiting.lstrip()
        if start.startswith(_FRAME[0]):
            self._waiting = start.removeprefix(_FRAME[0])
            self._tags = (*BOX, _FRAME[1])
        elif _FRAME[0].startswith(start):
            self._waiting = start
            return ""
        self._step = self._answer
        return self._step()

    def _answer(self) -> str:
        cut = start_of_tag(self._waiting, self._tags)
        ready, self._waiting = self._waiting[:cut], self._waiting[cut:]
        end = self._start_of_end(ready)
        rest = _BOX_PATTERN.sub("", ready[end:])
        if not end:
            self._held.append(rest)
            return ""
        shown = "".join([*self._held, _BOX_PATTERN.sub("", ready[:end])])
        self._held = [rest]
        if not self._shown:
            shown = shown.lstrip()
            self._shown = True
        return shown

    def _start_of_end(self, text: str) -> int:
        """Where the spaces and tags begin that would not be shown if the output ended here."""
        end = len(text)
        while True:
            while end and text[end - 1].isspace():
                end -= 1
            tag = next((tag for tag in self._tags if text.endswith(tag, 0, end)), None)
            if tag is None:
                return end
            end -= len(tag)


def split_thinking(text: str, *, opened: bool = False) -> tuple[str, str]:
    """A whole output as ``(thinking, answer)``, by the rules of ``ThinkingSplitter``.

    An output that was cut off while thinking is all thinking; its answer is empty.
    """
    splitter = ThinkingSplitter(opened=opened)
    answer = splitter.feed(text) + splitter.finish()
    return splitter.thinking, answer


def start_of_tag(text: str, tags: tuple[str, ...]) -> int:
    """Where a tag, or the beginning of one, stands at the end of a text; the text's length if none does."""
    cut = text.rfind("<")
    return cut if cut >= 0 and any(tag.startswith(text[cut:]) for tag in tags) else len(text)
