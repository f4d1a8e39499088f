"""Natural Questions are divided: what is trained on can be learned from, and nothing of it is in what is held out."""

from __future__ import annotations

import gzip
import json
import runpy
from pathlib import Path

from glyph_integrations.evaluation.material import records
from glyph_integrations.training.corpus import AskedTexts

SAMPLE = Path(__file__).parents[2] / "samples" / "training" / "natural_questions.py"


def record(number, *, text, answer):
    """A record as the file has it."""
    return {"question": f"question {number}", "answers": [answer], "ctxs": [{"title": "Title", "text": text}]}


def test_the_last_are_held_out_with_their_passages(tmp_path):
    """500 are held out; accents do not lose an answer, one that is not in its passage is left out."""
    main, held = (runpy.run_path(str(SAMPLE))[name] for name in ("main", "HELD_OUT"))
    training = [
        record(0, text="Röntgen got the first.", answer="Röntgen"),
        record(1, text="Somebody got the first.", answer="Nobody"),
        record(2, text="Passage 7 tells.", answer="Passage 7"),
    ]
    last = [record(number + 3, text=f"Passage {number} tells.", answer=f"Passage {number}") for number in range(held)]
    source = tmp_path / "all.jsonl.gz"
    source.write_bytes(gzip.compress("\n".join(map(json.dumps, [*training, *last])).encode()))
    main(source, tmp_path / "out")
    written = [json.loads(line) for line in (tmp_path / "out" / "training.jsonl").read_text("utf-8").splitlines()]
    assert written == [{"text": "Title\nRontgen got the first.", "question": "question 0", "answer": "Rontgen"}]
    assert records(tmp_path / "out" / "held_out.jsonl.gz") == last
    AskedTexts([tmp_path / "out" / "training.jsonl"])
