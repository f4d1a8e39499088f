"""How well a reader reads: compression, transcription, questions, seconds; on texts that no reader was trained on."""

from __future__ import annotations

from glyph_integrations.evaluation.benchmark import Workload, evaluate
from glyph_integrations.evaluation.results import Curve, Evaluation, Unmeasured

__all__ = ["Curve", "Evaluation", "Unmeasured", "Workload", "evaluate"]
