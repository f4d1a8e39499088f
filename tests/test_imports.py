"""Importing the package is cheap, and needs nothing that is optional."""

import json
import subprocess
import sys

import pytest

OPTIONAL = (
    "accelerate", "bidi", "docx", "jsonschema", "langchain_core", "llama_index", "odfdo", "openai", "openpyxl", "pptx",
    "rich", "striprtf", "tiktoken", "tokenizers", "torch", "transformers", "typer", "uharfbuzz", "xgrammar",
)  # fmt: skip
HEAVY = ("PIL", "freetype", "isal", "lxml", "numpy", "pymupdf", "rapidfuzz")


def imported(statement, *, blocked=()):
    """The modules that a fresh interpreter has after a statement, and the seconds it took."""
    program = f"""
import json, sys, time
for name in {list(blocked)!r}:
    sys.modules[name] = None
start = time.perf_counter()
{statement}
seconds = time.perf_counter() - start
print(json.dumps([sorted(name for name, module in sys.modules.items() if module), seconds]))
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120)
    names, seconds = json.loads(result.stdout)
    return {name.partition(".")[0] for name in names}, seconds


def test_importing_the_package_imports_nothing_else():
    """`import glyph_integrations` brings in no third-party package at all, in well under half a second."""
    modules, seconds = imported("import glyph_integrations")
    assert not modules & {*OPTIONAL, *HEAVY}
    assert seconds < 0.5


@pytest.mark.parametrize(
    "statement",
    [
        "from glyph_integrations import model_spec; model_spec('glm4v').visual_tokens(588, 840)",
        "from glyph_integrations import GlyphError, Limits, SourceText, load; SourceText.from_string('text')",
        "from glyph_integrations import RenderStyle, render, plan",
        "from glyph_integrations import Answer, GenerationSettings, Message, Reader, VisionModel",
        "from glyph_integrations.testing import ScriptedModel, sample_text; sample_text()",
        "import glyph_integrations.cli",
    ],
)
def test_the_core_needs_nothing_optional(statement):
    """Every public module imports where no optional dependency is installed, and does not reach for one."""
    modules, _ = imported(statement, blocked=OPTIONAL)
    assert not modules & {*OPTIONAL}


def test_model_specs_need_no_torch():
    """All specs are counted without torch or transformers."""
    modules, _ = imported(
        "from glyph_integrations import model_specs; [spec.visual_tokens(595, 842) for spec in model_specs()]"
    )
    assert not modules & {"torch", "transformers", "PIL"}


def test_counting_text_does_not_import_llama_index():
    """The encoding file that llama-index-core ships is found without importing it."""
    modules, _ = imported("from glyph_integrations import count_text_tokens; count_text_tokens('text')")
    assert not modules & {"llama_index", "torch", "transformers"}


@pytest.mark.parametrize(
    ("statement", "blocked", "extra"),
    [
        ("from glyph_integrations import TransformersModel", "torch", "local"),
        ("from glyph_integrations import TransformersModel", "accelerate", "local"),
        ("from glyph_integrations import Reader; Reader('a/b')", "transformers", "local"),
        (
            "from glyph_integrations import Reader; Reader.from_server('http://localhost/v1', 'Glyph')",
            "openai",
            "server",
        ),
    ],
)
def test_a_missing_dependency_is_named_with_its_extra(statement, blocked, extra):
    """Where what runs models is not installed, the error says what to install."""
    program = f"import sys; sys.modules[{blocked!r}] = None; {statement}"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=120)
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith("glyph_integrations.errors.MissingExtraError: ")
    assert last.endswith(f"{blocked}: pip install 'glyph-integrations[{extra}]'")
