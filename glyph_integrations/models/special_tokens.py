"""Special tokens in texts: what a server's tokenizer would take for the end of a turn, an image or a thought.

In this process the checkpoint's own list is at hand (``local.prompts``). The tokenizer of a server is not known here,
so everything that any family of models uses is broken, in a way that people and models still read::

    <|assistant|>  ‹|assistant|›        <image>  ‹image›        [gMASK]  ⁅gMASK⁆

``MENDED`` says what the marks stand for, so that what a model copies can be found in its source.
"""

from __future__ import annotations

import re
from typing import Final

MENDED: Final = {"‹": "<", "›": ">", "⁅": "[", "⁆": "]"}
"""The marks that break tokens, and what stood in their place."""

# Tokenizers may fold wide forms before they look for tokens, so those count too.
_LESS: Final = "<﹤＜"
_GREATER: Final = ">﹥＞"
_BAR: Final = "|｜"
# Names that are also ordinary words; any other name of a token holds an underscore.
_NAMES: Final = (
    "s|bos|eos|pad|unk|sep|cls|mask|sop|eop|image|img|images|video|videos|audio|speech|think|thinking|answer|tool|tools"
    "|ref|box|quad|point|begin|end|user|assistant|system|human|observation|turn|global-img|nl|fcel|ecel|lcel|ucel|xcel"
)
_SQUARE_NAMES: Final = (
    "[gse]?MASK|CLS|SEP|PAD|UNK|BOS|EOS|INST|SYS|SYSTEM_PROMPT|THINK|PREFIX|MIDDLE|SUFFIX|ARGS|CALL_ID|AVAILABLE_TOOLS"
    r"|(?:IMG|AUDIO|BEGIN|TOOL)(?:_[A-Z]{1,24}){0,4}|(?:unused|UNUSED_TOKEN_|control_)\d{1,6}"
)
_BARRED: Final = re.compile(rf"[{_LESS}](?=[{_BAR}][\w▁/])|(?<=[\w▁][{_BAR}])[{_GREATER}]")
_NAMED: Final = re.compile(
    rf"[{_LESS}](/?(?:(?:{_NAMES})(?:[_:-]?\d{{1,6}})?|(?:unused|reserved|extra|loc)\d{{1,6}}"
    rf"|[A-Za-z][A-Za-z0-9-]{{0,31}}_\w{{0,63}}))[{_GREATER}]",
    re.IGNORECASE,
)
_SQUARE: Final = re.compile(rf"\[(/?(?:{_SQUARE_NAMES}))\]")
_LLAMA: Final = re.compile(r"<<(/?SYS)>>")


def break_special_tokens(text: str) -> str:
    """Breaks whatever may be a special token of some model; all other text stays as it is.

    ``<|`` before a name and ``|>`` after one, names in angle brackets that models use (``<image>``, ``</think>``,
    ``<start_of_turn>``: those with an underscore, and a list), names in square brackets that models use
    (``[gMASK]``, ``[INST]``).
    """
    if not any(map(text.__contains__, f"[{_LESS}{_GREATER}")):
        return text
    text = _BARRED.sub(lambda match: "‹" if match[0] in _LESS else "›", text)
    text = _NAMED.sub(r"‹\1›", _LLAMA.sub(r"‹‹\1››", text))
    return _SQUARE.sub(r"⁅\1⁆", text)
