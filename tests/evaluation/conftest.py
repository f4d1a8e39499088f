"""Texts and files of questions."""

from __future__ import annotations

import gzip
import json
import string
import uuid
from random import Random

import pytest

from glyph_integrations.training.corpus import TextFiles

_MADE_UP = Random(4)  # noqa: S311
WORDS = ["".join(_MADE_UP.choices(string.ascii_lowercase, k=_MADE_UP.randint(2, 9))) for _ in range(300)]


@pytest.fixture(scope="session")
def prose(tmp_path_factory):
    """Sentences of random words, a few pages of them."""
    rng = Random(5)  # noqa: S311
    lines = [" ".join(rng.choices(WORDS, k=rng.randint(20, 90))).capitalize() + "." for _ in range(200)]
    path = tmp_path_factory.mktemp("texts") / "prose.txt"
    path.write_text("\n".join(lines), "utf-8")
    return TextFiles([path])


@pytest.fixture(scope="session")
def key_values(tmp_path_factory):
    """A compressed file of records, 40 pairs each; and which value belongs to which key that is asked for."""
    rng = Random(6)  # noqa: S311
    records = []
    for _ in range(4):
        pairs = [[str(uuid.UUID(int=rng.getrandbits(128))) for _ in range(2)] for _ in range(40)]
        key, value = rng.choice(pairs)
        records.append({"ordered_kv_records": pairs, "key": key, "value": value})
    path = tmp_path_factory.mktemp("pairs") / "pairs.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, records)).encode()))
    return path, {record["key"]: record["value"] for record in records}


@pytest.fixture(scope="session")
def natural_questions(tmp_path_factory):
    """A file of questions with their passages; and the answers."""
    rng = Random(7)  # noqa: S311
    records = []
    for number in range(10, 22):
        filler = [" ".join(rng.choices(WORDS, k=40)) for _ in range(2)]
        text = f"{filler[0]}. The keeper of tower {number} is Ada Marsh{number}. {filler[1]}."
        records.append(
            {
                "question": f"who keeps tower {number}",
                "answers": [f"Ada Marsh{number}", f"Marsh{number}"],
                "ctxs": [{"title": f"Tower {number}", "text": text}],
            }
        )
    path = tmp_path_factory.mktemp("questions") / "questions.jsonl"
    path.write_text("\n".join(map(json.dumps, records)), "utf-8")
    return path, {record["question"]: record["answers"][0] for record in records}
