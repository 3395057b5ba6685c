"""How good the network is on the validation images, after every epoch in the same way."""

import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from tlstudio.events import Event, Progress
from tlstudio.train.batches import Labelled
from tlstudio.train.events import SamplePrediction
from tlstudio.train.features import Feed
from tlstudio.train.memory import is_out_of_memory
from tlstudio.train.precision import in_precision, judging_precision
from tlstudio.train.step import Trainee, halved
from tlstudio.train.validation_file import ValidationAnswer

SAMPLES = 6
SECONDS_BETWEEN_EVENTS = 0.1


@dataclass(frozen=True)
class Judged:
    """What the validation images say.

    Attributes:
        loss: see EpochDone, as for the accuracy, `found` and the samples.
        predicted: (N,) the most probable class of each image; is_right: whether that is its own.
        probability: (N,) of that class.
    """

    loss: float
    accuracy: float
    found: dict[str, tuple[int, int]]
    samples: list[SamplePrediction]
    predicted: Tensor
    probability: Tensor
    is_right: Tensor

    def answers(self, source: Labelled, classes: Sequence[str]) -> tuple[ValidationAnswer, ...]:
        """The answer about each image, for the run's folder."""
        judged = zip(
            source.rows,
            source.labels.tolist(),
            self.predicted.tolist(),
            self.probability.tolist(),
            strict=True,
        )
        return tuple(
            ValidationAnswer(row.path, row.group, classes[label], classes[predicted], probability)
            for row, label, predicted, probability in judged
        )


def validate(trainee: Trainee, feed: Feed, classes: Sequence[str]) -> Generator[Event, None, Judged]:
    """Ask the network about every image, as exactly as it is trained; the generator's value is a Judged.

    Evaluation and the exported file compute in float32; see `judging_precision`.

    Yields:
        Progress.

    Raises:
        MemoryTooSmall: if a single image is too much.
    """
    trainee.judged.eval()
    source = feed.source
    parts: list[Tensor] = []
    size = trainee.images_at_a_time
    done, last_event = 0, time.monotonic()
    while done < len(source.labels):
        indices = np.arange(done, min(done + size, len(source.labels)))
        logits = _try_logits(trainee, feed.batch(indices, 0))
        if logits is None:
            size = halved(trainee, min(size, len(indices)))
            continue
        parts.append(logits)
        done += len(indices)
        if time.monotonic() - last_event >= SECONDS_BETWEEN_EVENTS:
            last_event = time.monotonic()
            yield Progress("Checking validation images", done, len(source.labels))
    return _judge(torch.cat(parts), source, classes)


def sample_places(labels: Sequence[int]) -> list[int]:
    """Places of up to six images, taken in turn from every class; the same for the same labels."""
    queues: dict[int, list[int]] = {}
    for place, label in enumerate(labels):
        queues.setdefault(label, []).append(place)
    turns = max((len(queue) for queue in queues.values()), default=0)
    spread = [
        queues[label][turn] for turn in range(turns) for label in sorted(queues) if turn < len(queues[label])
    ]
    return spread[:SAMPLES]


def _try_logits(trainee: Trainee, inputs: tuple[Tensor, ...]) -> Tensor | None:
    try:
        with torch.inference_mode(), in_precision(judging_precision(trainee.precision), trainee.device):
            return trainee.judged_logits(inputs).float().cpu()
    except (RuntimeError, MemoryError) as error:
        if is_out_of_memory(error):
            return None
        raise


def _judge(logits: Tensor, source: Labelled, classes: Sequence[str]) -> Judged:
    labels = torch.from_numpy(source.labels)
    predicted = logits.argmax(1)
    probability = logits.softmax(1).gather(1, predicted.unsqueeze(1)).squeeze(1)
    is_right = predicted == labels
    found = {
        name: (int(is_right[labels == index].sum()), int((labels == index).sum()))
        for index, name in enumerate(classes)
    }
    samples = [
        SamplePrediction(
            path=source.rows[place].path,
            label=classes[int(labels[place])],
            predicted=classes[int(predicted[place])],
            probability=float(probability[place]),
        )
        for place in sample_places(source.labels.tolist())
    ]
    loss = float(nn.functional.cross_entropy(logits, labels))
    accuracy = int(is_right.sum()) / len(labels)
    return Judged(loss, accuracy, found, samples, predicted, probability, is_right)
