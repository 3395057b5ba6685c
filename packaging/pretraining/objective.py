"""What the network has to answer about each image, and how wrong it is."""

import torch
import torch.nn.functional as F  # noqa: N812 (torch's own name for it)
from scenes import HEADS, MEASURES, UNKNOWN, Views
from torch import Tensor, nn

WEIGHTS = {
    "shape": 1.0,
    "palette": 0.3,
    "texture": 0.3,
    "ground_palette": 0.3,
    "ground_texture": 0.3,
    "objects": 0.3,
}
MEASURES_WEIGHT, LIKENESS_WEIGHT = 1.0, 1.0
LIKENESS_FEATURES, TEMPERATURE = 128, 0.15


class Answers(nn.Module):
    """One linear head for each question, one for the measures, and a projection for likeness."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.heads = nn.ModuleDict({name: nn.Linear(features, classes) for name, classes in HEADS.items()})
        self.measures = nn.Linear(features, MEASURES)
        self.likeness = nn.Sequential(
            nn.Linear(features, features), nn.ReLU(), nn.Linear(features, LIKENESS_FEATURES)
        )

    def forward(self, features: Tensor, views: Views) -> tuple[Tensor, dict[str, float]]:
        """The loss, and what of it is worth printing."""
        told: dict[str, Tensor] = {}
        loss = features.new_zeros(())
        for name, head in self.heads.items():
            logits = head(features)
            asked = views.labels[name] != UNKNOWN
            loss = loss + WEIGHTS[name] * F.cross_entropy(logits[asked], views.labels[name][asked])
            told[name] = (logits.argmax(1) == views.labels[name])[asked].float().mean()
        known = views.measures.isfinite()
        measures = F.smooth_l1_loss(self.measures(features)[known], views.measures[known], beta=0.3)
        likeness = _likeness_loss(self.likeness(features))
        told["measures"], told["likeness"] = measures, likeness
        loss = loss + MEASURES_WEIGHT * measures + LIKENESS_WEIGHT * likeness
        return loss, {name: float(value.detach()) for name, value in told.items()}


def _likeness_loss(projected: Tensor) -> Tensor:
    """Each view should be more like the other view of its scene than like any other image.

    Source: Chen et al. 2020, "A Simple Framework for Contrastive Learning of Visual Representations", eq. 1.
    """
    projected = F.normalize(projected.float(), dim=1)
    count = len(projected)
    logits = projected @ projected.T / TEMPERATURE
    logits = logits.masked_fill(torch.eye(count, dtype=torch.bool, device=logits.device), float("-inf"))
    other = torch.arange(count, device=logits.device).roll(count // 2)
    return F.cross_entropy(logits, other)
