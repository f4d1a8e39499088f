"""Settings of a generation."""

from __future__ import annotations

import pytest

from glyph_integrations.errors import RequestError
from glyph_integrations.models import GenerationSettings


def test_none_leaves_a_setting_as_it_is():
    """So that a framework can pass all that it has; what there is no setting for is refused by its name."""
    settings = GenerationSettings(temperature=0.5, max_tokens=77)
    assert settings.changed(temperature=None, max_tokens=9, stop=["\n"]) == settings.replace(max_tokens=9, stop="\n")
    with pytest.raises(RequestError, match="no setting logit_bias: there are least_likelihood, logprobs"):
        settings.changed(logit_bias={})


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_tokens": 0},
        {"temperature": -1},
        {"top_p": 0},
        {"top_k": -1},
        {"repetition_penalty": 0},
        {"stop": [""]},
    ],
    ids=str,
)
def test_numbers_that_make_no_sense_are_refused(wrong):
    """Where they are set, not by the model."""
    with pytest.raises(RequestError, match="GenerationSettings: "):
        GenerationSettings(**wrong)
