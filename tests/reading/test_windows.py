"""How many pages a model reads at once, and what happens when they are too many."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from glyph_integrations import Reader, RenderStyle, RequestError, SourceText, WindowOverflowError, model_spec, render
from glyph_integrations.models import images_of
from glyph_integrations.reading.windows import split
from glyph_integrations.rendering.plan import answer_room
from glyph_integrations.testing import ScriptedModel

SMALL = RenderStyle(name="small", page_width=280, page_height=280, crop_last_page=False)  # 100 tokens and 2 around them
PAGE = 102
LINES = [f"{number}. It was the best of times, it was the worst of times." for number in range(120)]
NOVEL = SourceText.from_string("\n".join(LINES))  # 6 pages


def with_window(pages, **changes):
    """A spec whose window has room for so many small pages, to the token."""
    window = next(n for n in range(10**6) if n - answer_room(replace(model_spec("glm4v"), window=n)) == pages * PAGE)
    return replace(model_spec("glm4v"), window=window, **changes)


def test_windows_are_filled_to_the_token():
    """A window takes pages until the next one would exceed what question and answer leave, and not one fewer."""
    rendering = render(NOVEL, SMALL)
    count = len(rendering)
    assert count == 6
    for pages, sizes in ((2, [2, 2, 2]), (4, [4, 2]), (5, [5, 1]), (6, [6])):
        spec = with_window(pages)
        assert [len(window) for window in split(rendering, spec)] == sizes
        # With one token less a page does not fit any more.
        smaller = replace(spec, window=next(n for n in range(spec.window, 0, -1) if room(n) < room(spec.window)))
        assert max(len(window) for window in split(rendering, smaller)) == max(pages - 1, 1)


def room(window):
    """What a window of so many tokens has for pages."""
    return window - answer_room(replace(model_spec("glm4v"), window=window))


def test_requests_hold_a_limited_number_of_images():
    """Where a model takes only so many images, windows hold no more, however large they are."""
    spec = replace(model_spec("glm4v"), images_per_request=4)
    assert list(split(render(NOVEL, SMALL), spec)) == [range(4), range(4, 6)]
    model = ScriptedModel(lambda _: "NOT IN DOCUMENT", spec=spec)
    Reader(model, style=SMALL, overflow="windows").ask(NOVEL, "Who?")
    assert [len(images_of(conversation)) for conversation in model.conversations] == [4, 2]
    with pytest.raises(WindowOverflowError, match="at most 4 images"):
        Reader(model, style=SMALL).open(NOVEL)


def test_a_page_larger_than_the_window_is_refused():
    """No way of reading helps against it: the message says which page, and what would."""
    spec = replace(with_window(1), window=130)
    for overflow in ("error", "windows", "denser"):
        reader = Reader(ScriptedModel([], spec=spec), style=SMALL, overflow=overflow)
        with pytest.raises(WindowOverflowError, match=r"page 1 alone needs 102 tokens, .* has 98 .*page_height"):
            reader.open(NOVEL)


def test_too_many_pages_are_an_error_with_the_numbers():
    """By default nothing is read in parts: the message holds what is needed, what there is, and the ways out."""
    spec = with_window(4)
    with pytest.raises(WindowOverflowError) as caught:
        Reader(ScriptedModel([], spec=spec), style=SMALL).open(NOVEL)
    message = str(caught.value)
    assert f"needs {6 * PAGE} visual tokens in style 'small', has {4 * PAGE} (glm4v)" in message
    assert "overflow='windows' to read it in 2 windows" in message
    assert "overflow='denser'" in message


def test_windows_show_every_page_once_and_in_order():
    """Read in windows, the conversations together show all pages of the rendering: nothing is cut or shown twice."""
    model = ScriptedModel(lambda _: "NOT IN DOCUMENT", spec=with_window(4))
    with Reader(model, style=SMALL, overflow="windows").open(NOVEL) as session:
        session.ask("Who?")
        pages = [page.fingerprint for page in session.rendering]
        ranges = [page.char_range for page in session.rendering]
    shown = [image.fingerprint for conversation in model.conversations for image in images_of(conversation)]
    assert shown == pages
    assert len(model.conversations) == 2
    assert [ranges[0][0], *(end for _, end in ranges)] == [*(start for start, _ in ranges), len(NOVEL.text)]


def test_denser_takes_a_style_that_fits():
    """A text that overflows in the model's style but fits a denser one is read in that, all in one window."""
    text = SourceText.from_string("It was the best of times, it was the worst of times. " * 1000)
    sharp, dense = (render(text, style).visual_tokens for style in ("glyph-120", "dense"))
    window = next(n for n in range(sharp) if room(n) > (sharp + dense) / 2)
    spec = replace(model_spec("glm4v"), window=window, default_style="glyph-120")
    model = ScriptedModel(lambda _: "yes", spec=spec)
    answer = Reader(model, overflow="denser").ask(text, "What?")
    assert answer.style in {"glyph-96", "glyph", "dense"}
    assert answer.usage.visual_tokens == render(text, answer.style).visual_tokens < room(window)
    assert len(model.conversations) == 1


def test_denser_says_so_where_none_fits():
    """Where no style fits, or the pages of all presets are too large for the window, that is the error."""
    long = SourceText.from_string("It was the best of times, it was the worst of times. " * 3000)
    spec = replace(model_spec("glm4v"), window=4000)
    with pytest.raises(WindowOverflowError, match=r"needs [\d,]+ visual tokens in style 'dense', has 3,000"):
        Reader(ScriptedModel([], spec=spec), overflow="denser").open(long)
    with pytest.raises(WindowOverflowError, match="no denser style fits"):
        Reader(ScriptedModel([], spec=with_window(4)), style=SMALL, overflow="denser").open(long)


def test_an_unknown_way_is_refused():
    """A misspelt overflow is an error that lists the choices."""
    with pytest.raises(RequestError, match="'error', 'windows' or 'denser', not 'cut'"):
        Reader(ScriptedModel([]), overflow="cut").open(NOVEL)


def test_models_are_told_which_pages_they_see():
    """Within a window pages have the numbers that factsheets and answers use, so the model is told them."""
    model = ScriptedModel(lambda _: "NOT IN DOCUMENT", spec=with_window(4))
    Reader(model, style=SMALL, overflow="windows").ask(NOVEL, "Who?")
    told = [re.search(r"Above .*", conversation[0].content[-1])[0] for conversation in model.conversations]
    assert told == ["Above are pages 1 to 4 of a longer document.", "Above are pages 5 to 6 of a longer document."]
