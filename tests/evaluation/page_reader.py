"""Models that know what pages say, and readers of them."""

from __future__ import annotations

import re

from glyph_integrations import Reader, render
from glyph_integrations.testing import ScriptedModel


class PageReader(ScriptedModel):
    """A model that looks up what it replies by a page that it is shown and what it is asked."""

    def __init__(self, replies, *, otherwise="NOT IN DOCUMENT", spec="nano"):
        super().__init__(self._reply, spec=spec)
        self.replies = replies
        self.otherwise = otherwise

    def _reply(self, conversation):
        page = conversation[0].images[0]
        asked = conversation[-1].content[-1]
        found = re.search(r"Question: (.*)", asked)
        return self.replies.get((page.fingerprint, found[1] if found else ""), self.otherwise)


def reading(model):
    """A reader that reads page by page."""
    return Reader(model, overflow="windows")


def pages_of(text, style="nano"):
    """The pages of a text, for nano."""
    return list(render(text, style, "nano"))
