"""The runs to start from: continual pretraining and supervised fine-tuning of a small reader.

Sizes are those of a model of a few million parameters on one GPU or on a patient CPU; larger models take larger pages,
smaller rates and no glyph alignment.
"""

from __future__ import annotations

from glyph_integrations.training.config import SAMPLED, Lesson, Phase, TrainingConfig


def pretraining() -> TrainingConfig:
    """From random weights to reading: first letters, then lines, then pages, in styles from the paper's space."""
    letters = Phase(steps=400, replies=False, lessons=(Lesson(task="transcribe", batch=32, width=336, height=56),))
    lines = Phase(
        steps=1000,
        lessons=(
            Lesson(task="transcribe", batch=32, weight=0.6, width=168, height=56),
            Lesson(task="transcribe", batch=16, weight=0.25, width=336, height=84),
            Lesson(task="go_on", batch=16, weight=0.15, width=336, height=84, questions=4),
        ),
    )
    pages = Phase(
        steps=6000,
        lessons=(
            Lesson(task="transcribe", batch=8, weight=0.35, width=336, height=168),
            Lesson(task="transcribe", batch=4, weight=0.2, width=336, height=336),
            Lesson(task="go_on", batch=8, weight=0.1, width=336, height=168),
            Lesson(task="find", batch=8, weight=0.15, width=336, height=168),
            Lesson(task="interleave", batch=4, weight=0.1, width=336, height=168, pages=3),
            Lesson(task="complete", batch=4, weight=0.1, width=336, height=168, pages=3),
        ),
    )
    return TrainingConfig(phases=(letters, lines, pages), style=SAMPLED, tokenizer="tokenizer")


def fine_tuning() -> TrainingConfig:
    """From reading to answering: questions, a third of them without an answer, and OCR beside them.

    Without the auxiliary OCR task the paper's model loses a tenth of its score (arXiv 2510.17800, table 7).
    """
    lessons = (
        Lesson(task="ask", batch=6, weight=0.5, width=336, height=336, questions=8),
        Lesson(task="ask", batch=3, weight=0.25, width=336, height=336, questions=8, pages=3),
        Lesson(task="transcribe", batch=4, weight=0.25, width=336, height=336),
    )
    phases = (Phase(steps=1500, lessons=lessons),)
    return TrainingConfig(phases=phases, alignment=False, matrix_rate=0.005, rate=5e-4, warm_up=100)
