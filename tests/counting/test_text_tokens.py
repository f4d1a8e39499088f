"""Counting text tokens: exact where a tokenizer is at hand, an honest estimate elsewhere, never over a network."""

import json
import socket
import sys
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glyph_integrations.counting import TextTokens, count_text_tokens, text_tokens
from glyph_integrations.counting.text_estimate import estimate_tokens
from glyph_integrations.counting.text_pieces import safe_pieces
from glyph_integrations.errors import MissingExtraError, UnknownModelError

PROSE = "It's 1847, isn't it? “Reader,” I said – we'll see:\n\n\tnaïve café № 5, 100,000 people; don't stop!\r\n" * 20
CODE = 'def f(x: int = 0) -> str:\n    """Doc."""\n    return {"a": [x, 1.5e-9], \'b\': x**2}  # done\n\n\n' * 20
CHINESE = "满纸荒唐言，一把辛酸泪！都云作者痴，谁解其中味？甄士隐梦幻识通灵，贾雨村风尘怀闺秀。\n" * 20
MIXED = "Ünïcødé и кириллица، العربية हिन्दी ภาษาไทย 한국어 カタカナ 🎉👍🏽 \u200b\ufeff ÅÅ é\u0301 ⟦U+1234⟧" * 10


@pytest.fixture
def no_cache(monkeypatch, tmp_path):
    """A machine with tiktoken and none of its files."""
    monkeypatch.setattr(text_tokens, "_cache_folders", lambda: iter([tmp_path]))
    text_tokens.tiktoken_encoding.cache_clear()
    yield
    text_tokens.tiktoken_encoding.cache_clear()


@pytest.fixture(params=["cl100k_base", "o200k_base"])
def encoding(request):
    """A tiktoken encoding from a file of this machine."""
    found = text_tokens.tiktoken_encoding(request.param)
    if found is None:
        pytest.skip("no tiktoken file on this machine")
    return found


def test_the_count_is_tiktokens(encoding, monkeypatch):
    """For all kinds of text the count equals that of the encoding that tiktoken itself builds."""
    tiktoken = pytest.importorskip("tiktoken")
    folder = next(folder for folder in text_tokens._cache_folders() if folder.is_dir() and any(folder.iterdir()))
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(folder))
    original = tiktoken.get_encoding(encoding.name)
    for text in (PROSE, CODE, CHINESE, MIXED, "", " ", "\n", "a", "<|endoftext|>"):
        expected = len(original.encode(text, disallowed_special=()))
        assert count_text_tokens(text, encoding.name) == TextTokens(count=expected, tokenizer=encoding.name, exact=True)


def test_pieces_count_as_the_whole(encoding):
    """Cut into pieces of any size, the tokens of long texts sum to those of the whole."""
    for text in (PROSE, CODE, CHINESE, MIXED, PROSE + CODE + CHINESE + MIXED):
        whole = len(encoding.encode_ordinary(text))
        for size in (1, 7, 50, 333, 4096):
            pieces = list(safe_pieces(text, size=size))
            assert "".join(pieces) == text
            assert sum(len(encoding.encode_ordinary(piece)) for piece in pieces) == whole


@given(text=st.text(max_size=300), size=st.integers(1, 40))
def test_pieces_of_any_text_count_as_the_whole(text, size):
    """Any Unicode, isolated surrogates included, may be cut: the pieces' tokens sum to those of the whole."""
    pieces = list(safe_pieces(text, size=size))
    assert "".join(pieces) == text
    for name in text_tokens.ENCODINGS:
        encoding = text_tokens.tiktoken_encoding(name)
        if encoding is not None:
            count = sum(len(encoding.encode_ordinary(piece)) for piece in pieces)
            assert count == len(encoding.encode_ordinary(text))


LETTERS = st.text(alphabet="aZé字'\u0301 \n\r\t.,/9٣ß\u200d“。", max_size=60)


@given(text=LETTERS, size=st.integers(1, 9))
def test_pieces_of_tricky_text_count_as_the_whole(text, size):
    """The same for texts made of letters, marks, apostrophes, slashes and line ends alone."""
    for name in text_tokens.ENCODINGS:
        encoding = text_tokens.tiktoken_encoding(name)
        if encoding is not None:
            count = sum(len(encoding.encode_ordinary(piece)) for piece in safe_pieces(text, size=size))
            assert count == len(encoding.encode_ordinary(text))


def test_a_text_without_boundaries_stays_whole():
    """Where no place is safe nothing is cut."""
    assert list(safe_pieces("1" * 100, size=10)) == ["1" * 100]


def test_long_texts_need_little_memory(encoding):
    """Counting 20 MB of prose allocates far less than the text itself."""
    text = PROSE * (20_000_000 // len(PROSE))
    tracemalloc.start()
    counted = count_text_tokens(text, encoding.name)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert counted.exact
    assert peak < 8_000_000


def test_without_a_file_the_count_is_an_estimate(no_cache):
    """With sockets off and no file of the encoding, the count is an estimate that says so."""
    with pytest.raises(Exception, match="socket"):
        socket.create_connection(("192.0.2.1", 80))
    counted = count_text_tokens(PROSE)
    assert (counted.tokenizer, counted.exact) == ("estimate", False)
    assert counted.count == estimate_tokens(PROSE)


def test_without_tiktoken_the_count_is_an_estimate(monkeypatch):
    """The same where tiktoken is not installed."""
    monkeypatch.setitem(sys.modules, "tiktoken", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    text_tokens.tiktoken_encoding.cache_clear()
    assert not count_text_tokens("text").exact
    text_tokens.tiktoken_encoding.cache_clear()


def test_a_damaged_file_is_not_used(no_cache, monkeypatch, tmp_path):
    """A cached file with other contents than its digest says is passed over, and left where it is."""
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    damaged = tmp_path / "9b5ad71b2ce5302211f9c61530b329a4922fc6a4"
    damaged.write_bytes(b"IQ== 0\n")
    assert not count_text_tokens("text").exact
    assert damaged.exists()


def test_caches_are_looked_for_where_tiktoken_keeps_them(monkeypatch, tmp_path):
    """The two environment variables come first, then the default folder."""
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path / "a"))
    monkeypatch.setenv("DATA_GYM_CACHE_DIR", str(tmp_path / "b"))
    folders = list(text_tokens._cache_folders())
    assert folders[:2] == [tmp_path / "a", tmp_path / "b"]
    assert folders[2].name == "data-gym-cache"


@pytest.fixture(scope="module")
def tokenizer_folder(tmp_path_factory):
    """A small byte-level tokenizer, trained here, in a folder as models come in."""
    tokenizers = pytest.importorskip("tokenizers")
    tokenizer = tokenizers.ByteLevelBPETokenizer()
    tokenizer.train_from_iterator([PROSE, CODE, CHINESE], vocab_size=800)
    folder = tmp_path_factory.mktemp("models") / "Small"
    folder.mkdir()
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def test_a_models_own_tokenizer_counts_exactly(tokenizer_folder):
    """A folder or a tokenizer.json counts as the tokenizers library does, in one piece or many."""
    from tokenizers import Tokenizer

    original = Tokenizer.from_file(str(tokenizer_folder / "tokenizer.json"))
    for text in (PROSE, CODE, CHINESE, MIXED, PROSE * 1500):
        expected = TextTokens(count=len(original.encode(text).ids), tokenizer="Small", exact=True)
        assert count_text_tokens(text, tokenizer_folder) == expected
        assert count_text_tokens(text, str(tokenizer_folder / "tokenizer.json")) == expected


def test_truncation_and_special_tokens_do_not_count(tokenizer_folder, tmp_path):
    """What a tokenizer.json says about truncation, padding and frames around texts is not applied."""
    from tokenizers import Tokenizer
    from tokenizers.processors import TemplateProcessing

    tokenizer = Tokenizer.from_file(str(tokenizer_folder / "tokenizer.json"))
    tokenizer.enable_truncation(8)
    tokenizer.enable_padding(length=64)
    tokenizer.post_processor = TemplateProcessing(single="! $A !", special_tokens=[("!", 0)])
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    assert count_text_tokens(PROSE, tmp_path).count == count_text_tokens(PROSE, tokenizer_folder).count
    assert json.loads((tmp_path / "tokenizer.json").read_text())["truncation"]["max_length"] == 8


def test_isolated_surrogates_are_counted(tokenizer_folder):
    """Text that UTF-8 cannot hold does not stop any counter."""
    text = "a \ud800 b"
    assert count_text_tokens(text, tokenizer_folder).count > 0
    assert count_text_tokens(text).count > 0
    assert count_text_tokens(text, "estimate").count > 0


def test_unknown_tokenizers_are_refused(tmp_path):
    """A name that is neither a file nor an encoding is an error, without the path that led to it."""
    with pytest.raises(UnknownModelError, match="no tokenizer 'missing'") as refusal:
        count_text_tokens("text", tmp_path / "missing")
    assert str(tmp_path) not in str(refusal.value)


def test_the_missing_library_is_named(tokenizer_folder, monkeypatch):
    """Without tokenizers a tokenizer.json is refused with the extra to install."""
    text_tokens._tokenizer_file.cache_clear()
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"glyph-integrations\[tokenizers\]"):
        count_text_tokens("text", tokenizer_folder)


@pytest.mark.parametrize(
    ("text", "tolerance"), [(PROSE, 0.25), (CODE, 0.2), (CHINESE, 0.25), (Path(__file__).read_text("utf-8"), 0.15)]
)
def test_the_estimate_is_near(text, tolerance):
    """Prose, code and Chinese are estimated near their cl100k count."""
    exact = count_text_tokens(text)
    if not exact.exact:
        pytest.skip("no tiktoken file on this machine")
    assert estimate_tokens(text) == pytest.approx(exact.count, rel=tolerance)


@given(text=st.text(max_size=200))
def test_the_estimate_takes_any_text(text):
    """Any Unicode has an estimate, zero for nothing only, and no more than its UTF-8 bytes and one for each run."""
    tokens = estimate_tokens(text)
    assert (tokens == 0) == (text == "")
    assert tokens <= 4 * len(text) + 1
