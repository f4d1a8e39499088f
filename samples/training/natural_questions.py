"""Divides a file of Natural Questions into questions to train on and questions to evaluate by.

    python samples/training/natural_questions.py nq_open_oracle.jsonl.gz out/questions

The file is that of "Lost in the Middle" (https://github.com/nelson-liu/lost-in-the-middle). What is written are
``training.jsonl``, as training reads it (``"corpus": {"questions": [...]}``), and ``held_out.jsonl.gz``, the last 500
records as they are, for ``glyph evaluate --nq``. Left out of the first are records whose answer does not
stand in their passage, and those whose passage is among the last 500.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

from glyph_integrations.evaluation.material import records
from glyph_integrations.training.corpus import ASCII

HELD_OUT = 500


def main(source: Path, folder: Path) -> None:
    """Writes both files and says what is in them."""
    found = records(source)
    training, held_out = found[:-HELD_OUT], found[-HELD_OUT:]
    seen = {record["ctxs"][0]["text"] for record in held_out}
    folder.mkdir(parents=True, exist_ok=True)
    with gzip.open(folder / "held_out.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(record) + "\n" for record in held_out)
    written = 0
    with (folder / "training.jsonl").open("w", encoding="utf-8") as file:
        for record in training:
            passage = record["ctxs"][0]
            if passage["text"] in seen:
                continue
            text = ASCII.normalise(f"{passage['title']}\n{passage['text']}")
            answers = [ASCII.normalise(answer).strip() for answer in record["answers"]]
            answer = next((answer for answer in answers if answer and answer in text), None)
            if answer is not None:
                file.write(json.dumps({"text": text, "question": record["question"], "answer": answer}) + "\n")
                written += 1
    print(f"{folder / 'training.jsonl'}: {written:,} of {len(training):,} questions")
    print(f"{folder / 'held_out.jsonl.gz'}: {len(held_out):,} questions")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
