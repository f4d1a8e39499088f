"""The subprocess that parses: it answers, it is killed, it cannot take the host with it."""

from __future__ import annotations

import os
import threading
import time

import numpy as np
import pytest
from pdf_samples import PROSE, document, page

from glyph_integrations import load
from glyph_integrations.errors import (
    EncryptedError,
    MalformedError,
    MissingExtraError,
    TimedOutError,
    TooLargeError,
    UnsupportedError,
)
from glyph_integrations.source import isolation, registry
from glyph_integrations.source.blob import Blob
from glyph_integrations.source.formats import LoadOptions
from glyph_integrations.source.isolation import Workers, load_isolated
from glyph_integrations.source.limits import Limits
from glyph_integrations.source.text import WHOLE_PAGE, Picture, RasterRequest

HOSTILE = '''
import os, signal, sys, time
import numpy as np
from glyph_integrations.errors import EncryptedError, MissingExtraError
from glyph_integrations.source.builder import TextBuilder


class HostileFormat:
    """Does what its bytes say."""

    name = "hostile"
    isolated = True

    def accepts(self, blob, media_type):
        return False

    def load(self, blob, media_type, options):
        order = blob.read().decode()
        if order == "sleep":
            time.sleep(60)
        if order == "spin":
            while True:
                pass
        if order == "wait":
            time.sleep(1.2)
        if order == "count":
            for page in range(100):
                options.progress(page + 1, 100)
        if order == "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        if order == "exit":
            os._exit(3)
        if order == "grow":
            hoard = [b"x" * (1 << 24) for _ in range(1 << 12)]
        if order == "abort":
            try:
                hoard = []
                while True:
                    hoard.append(b"x" * (1 << 22))
            except MemoryError:
                os.abort()
        if order == "noise":
            print("noise", flush=True)
            os.write(1, b"more noise")
        if order == "raise":
            raise RuntimeError(f"secret at {__file__}")
        if order == "locked":
            raise EncryptedError("it is locked")
        if order == "missing":
            raise MissingExtraError("reading riddles", package="riddle", extra="riddles")
        builder = TextBuilder(options.limits)
        builder.line(" ".join(sorted(os.environ)) if order == "environment" else order)
        return builder.finish(name=blob.name, media_type=media_type)

    def raster(self, blob, page, box, width, height, *, colour=False):
        if page == 9:
            time.sleep(60)
        return np.full((height, width, 3) if colour else (height, width), page, np.uint8)
'''


@pytest.fixture
def workers(monkeypatch):
    """Children of this test alone."""
    own = Workers()
    monkeypatch.setattr(isolation, "_WORKERS", own)
    yield own
    own.dispose()


@pytest.fixture
def hostile(tmp_path, monkeypatch, workers):
    """Loads with a hostile format, which an installed package offers through the entry point."""
    (tmp_path / "hostile_format.py").write_text(HOSTILE)
    facts = tmp_path / "hostile-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: hostile\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text("[glyph_integrations.formats]\nhostile = hostile_format:HostileFormat\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    registry._installed.cache_clear()

    def load(order, progress=None, **limits):
        options = LoadOptions(limits=Limits(**limits), progress=progress)
        return load_isolated("hostile", Blob(name="order", data=order.encode()), "text/plain", options)

    yield load
    registry._installed.cache_clear()


def made():
    """A PDF of three pages."""
    made = document()
    for shade in (0.2, 0.5, 0.8):
        where = page(made)
        where.draw_rect(where.rect, fill=(shade,) * 3, color=None)
        where.insert_textbox((50, 50, 370, 300), PROSE)
    return made.tobytes()


def test_text_crosses_whole(hostile):
    """The text of the child is the text of the host."""
    text = hostile("well behaved — 漢字 \ud83d".encode("utf-8", "ignore").decode())
    assert text.text.strip() == "well behaved — 漢字"
    assert len(text.origins) == 1


def test_time_runs_out(hostile):
    """A child that hangs is killed, one that computes too long too, and the error names the limit."""
    started = time.perf_counter()
    with pytest.raises(TimedOutError, match=r"Limits\.wall_seconds"):
        hostile("sleep", wall_seconds=0.7)
    with pytest.raises(TimedOutError, match=r"processor time; raise Limits\.seconds"):
        hostile("spin", seconds=0.5)
    assert time.perf_counter() - started < 8


def test_waiting_is_not_working(hostile):
    """A child that a busy machine holds up is not refused: only its own processor time counts."""
    assert hostile("wait", seconds=0.5).text.strip() == "wait"


def test_progress_is_reported(hostile):
    """The host hears how far the child has come, a few times, and the last time of the end."""
    heard = []
    hostile("count", progress=lambda done, total: heard.append((done, total)))
    assert heard[-1] == (100, 100)
    assert 2 <= len(heard) < 50


@pytest.mark.parametrize("isolated", [True, False])
def test_progress_can_end_the_loading(workers, isolated):
    """What the callback raises reaches the caller as it is, and the child is not used again."""

    def stop(done, total):
        raise LookupError(f"stopped after {done} of {total}")

    with pytest.raises(LookupError, match="stopped after 1 of 3"):
        load(made(), progress=stop, limits=Limits(isolated=isolated))
    assert workers._idle == []


@pytest.mark.parametrize("order", ["crash", "exit"])
def test_crash(hostile, order):
    """A child that dies means a malformed source, and the next source is read."""
    with pytest.raises(MalformedError, match="ended unexpectedly"):
        hostile(order)
    assert hostile("fine").text.strip() == "fine"


@pytest.mark.skipif(not os.path.exists("/proc/self"), reason="needs RLIMIT_AS as Linux has it")  # noqa: PTH110
@pytest.mark.parametrize("order", ["grow", "abort"])
def test_memory_runs_out(hostile, order):
    """Growing beyond the limit is too large, whether Python notices or a C library aborts."""
    with pytest.raises(TooLargeError, match=r"Limits\.memory"):
        hostile(order, memory=400 << 20)


def test_noise_does_not_disturb(hostile, capfd):
    """What a parser prints reaches neither the protocol nor the terminal."""
    assert hostile("noise").text.strip() == "noise"
    assert capfd.readouterr() == ("", "")


def test_untyped_errors_keep_their_secrets(hostile):
    """An unexpected exception is a malformed source, and its message does not cross."""
    with pytest.raises(MalformedError) as caught:
        hostile("raise")
    assert "secret" not in str(caught.value)
    assert "RuntimeError" in str(caught.value)


def test_typed_errors_cross(hostile):
    """Our own errors arrive as themselves."""
    with pytest.raises(EncryptedError, match="it is locked"):
        hostile("locked")
    with pytest.raises(MissingExtraError, match=r"glyph-integrations\[riddles\]") as caught:
        hostile("missing")
    assert caught.value.name == "riddle"


def test_environment_is_not_inherited(hostile, monkeypatch):
    """Keys and tokens in the environment do not reach the child."""
    monkeypatch.setenv("SOME_API_KEY", "secret")
    assert "SOME_API_KEY" not in hostile("environment").text


def test_children_are_reused_but_share_nothing(hostile, workers):
    """One child serves source after source, each in a process of its own; a failed one is replaced."""
    hostile("one")
    (first,) = workers._idle
    hostile("two")
    assert workers._idle == [first]
    with pytest.raises(MalformedError):
        hostile("exit")
    assert workers._idle == []


def test_sources_in_parallel(hostile):
    """Threads load at the same time, each with its own child."""
    results = {}

    def work(number):
        results[number] = hostile(f"source {number}").text.strip()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {number: f"source {number}" for number in range(6)}


@pytest.mark.parametrize("isolated", [True, False])
def test_pages_are_drawn_one_after_another(workers, isolated):
    """Pictures come in the order asked for and in the shape asked for, isolated or not."""
    options = LoadOptions(limits=Limits(isolated=isolated))
    text = load_isolated("pdf", Blob(name="made.pdf", data=made()), "application/pdf", options)
    requests = [RasterRequest(number, WHOLE_PAGE, 60, 80, number == 1) for number in range(3)]
    drawn = list(text.origins[0].rasters(iter(requests)))
    assert [image.shape for image in drawn] == [(80, 60), (80, 60, 3), (80, 60)]
    assert [round(float(np.median(image)) / 255, 1) for image in drawn] == [0.2, 0.5, 0.8]
    assert len(workers._idle) == int(isolated)


def test_drawing_stops_early(workers):
    """A generator that is closed early gives its child back in order."""
    text = load_isolated("pdf", Blob(name="made.pdf", data=made()), "application/pdf", LoadOptions())
    drawing = text.origins[0].rasters(RasterRequest(0, WHOLE_PAGE, 10, 10) for _ in range(1000))
    next(drawing)
    assert workers._idle == []
    drawing.close()
    assert len(workers._idle) == 1


def test_drawing_is_limited(hostile):
    """A picture larger than allowed is refused before it is drawn, and one that takes too long is given up."""
    (origin,) = hostile("fine", wall_seconds=1, pixels=10_000).origins
    with pytest.raises(TooLargeError, match="pixels"):
        origin.raster(page=0, box=WHOLE_PAGE, width=1000, height=1000, colour=False)
    assert origin.raster(page=7, box=WHOLE_PAGE, width=4, height=2, colour=True).tolist() == [[[7] * 3] * 4] * 2
    with pytest.raises(TimedOutError):
        origin.raster(page=9, box=WHOLE_PAGE, width=4, height=2, colour=False)


def test_file_is_opened_by_the_child(workers, tmp_path):
    """A source on disk is read where it lies, and its place is not in the result."""
    (tmp_path / "made.pdf").write_bytes(made())
    blob = Blob(name="made.pdf", path=tmp_path / "made.pdf")
    text = load_isolated("pdf", blob, "application/pdf", LoadOptions())
    assert len(text.pages) == 3
    assert str(tmp_path) not in repr(text)
    assert str(tmp_path) not in repr(text.origins)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_forked_hosts_have_their_own_children(workers):
    """A process forked from the host does not speak to the host's children."""
    load_isolated("pdf", Blob(name="made.pdf", data=made()), "application/pdf", LoadOptions())
    assert workers._idle
    workers.forget()
    assert workers._idle == []


def test_formats_without_pages_draw_nothing():
    """Asking for the picture of a page of a text file is a typed error."""
    text = load(b"plain text", media_type="text/plain")
    with pytest.raises(UnsupportedError, match="no pages to draw"):
        next(text.rasters([(Picture(start=0, end=0, page=0), 10, 10)]))
