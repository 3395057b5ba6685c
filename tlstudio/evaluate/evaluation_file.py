"""The newest judgement of a run, as evaluation.json in its folder, read without torch."""

import json
from dataclasses import asdict
from pathlib import Path

from pydantic import TypeAdapter

from tlstudio import RESEARCH_NOTICE, atomic
from tlstudio.evaluate.events import EvaluateDone

EVALUATION_NAME = "evaluation.json"


def write_evaluation(run_folder: Path, done: EvaluateDone, best_epoch: int, data_fingerprint: str) -> None:
    """Put evaluation.json in place: the judgement, and which weights and images it is about.

    Raises:
        OSError: if it can't be written; the earlier one stands unchanged.
    """
    content = {
        "schema": 1,
        "notice": RESEARCH_NOTICE,
        "data_fingerprint": data_fingerprint,
        "best_epoch": best_epoch,
        "result": asdict(done),
    }
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    atomic.write_text(run_folder / EVALUATION_NAME, text)


def read_evaluation(run_folder: Path, best_epoch: int) -> EvaluateDone | None:
    """The newest judgement of the weights of that epoch, or None if there is none that can be read."""
    try:
        content = json.loads((run_folder / EVALUATION_NAME).read_bytes())
        if content["best_epoch"] != best_epoch:  # the run was resumed and found better weights
            return None
        return TypeAdapter(EvaluateDone).validate_python(content["result"])
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
