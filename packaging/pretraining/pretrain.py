"""Pretrain a bundled backbone on drawn scenes: `python packaging/pretraining/pretrain.py ARCHITECTURE`.

Runs on whatever device it finds, goes on from its checkpoint, and ends after --minutes or when all images
were seen. The scenes are a pure function of the seed and the step.
"""

import argparse
import hashlib
import math
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import scenes
import timm
import torch
from objective import Answers
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from tlstudio import atomic

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
PRINT_STEPS = 50
SECONDS_BETWEEN_SAVES = 60
LONGEST_GRADIENT = 5.0


@dataclass(frozen=True)
class Recipe:
    """Everything that decides what comes out, the device's rounding aside."""

    architecture: str
    images: int
    size_px: int
    batch_size: int
    learning_rate: float
    warm_up_steps: int
    weight_decay: float
    seed: int
    begins_with: str  # SHA-256 of a file of weights; empty for random ones

    @property
    def steps(self) -> int:
        """Optimizer steps in all."""
        return math.ceil(self.images / self.batch_size)


@dataclass
class Pupil:
    """Everything that changes while it learns."""

    recipe: Recipe
    network: nn.Module
    answers: Answers
    optimizer: torch.optim.Optimizer
    device: torch.device
    step: int = 0


def main() -> None:
    """Read the arguments, train a slice, save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("architecture", help="timm's name")
    parser.add_argument("--folder", type=Path, default=Path("build/pretraining"))
    parser.add_argument("--images", type=int, default=2_000_000)
    parser.add_argument("--size-px", type=int, default=64)
    parser.add_argument("--batch-size", type=int, default=256)
    parser.add_argument("--learning-rate", type=float, default=2e-3)
    parser.add_argument("--warm-up-steps", type=int, default=300)
    parser.add_argument("--weight-decay", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--from", dest="weights", type=Path, help="safetensors to go on from, at another size"
    )
    parser.add_argument("--minutes", type=float, default=float("inf"))
    parser.add_argument("--threads", type=int, default=0, help="of the processor; 0: as many as it has")
    given = vars(parser.parse_args())
    folder, minutes, threads = (given.pop(name) for name in ("folder", "minutes", "threads"))
    if threads:
        torch.set_num_threads(threads)
    weights: Path | None = given.pop("weights")
    begins_with = hashlib.sha256(weights.read_bytes()).hexdigest() if weights else ""
    train(Recipe(**given, begins_with=begins_with), weights, folder / given["architecture"], minutes)


def train(recipe: Recipe, weights: Path | None, folder: Path, minutes: float) -> None:
    """Train from the folder's checkpoint, or from the start, for so many minutes at most."""
    folder.mkdir(parents=True, exist_ok=True)
    pupil = begin(recipe, weights, folder)
    print(f"{recipe} on {pupil.device}, from step {pupil.step} of {recipe.steps}", flush=True)
    banks = scenes.draw_banks(recipe.seed, pupil.device)
    started = saved = time.monotonic()
    told: dict[str, float] = {}
    while pupil.step < recipe.steps and time.monotonic() - started < minutes * 60:
        for name, value in take_step(pupil, banks).items():
            told[name] = told.get(name, value) * 0.98 + value * 0.02
        if pupil.step % PRINT_STEPS == 0:
            words = " ".join(f"{name} {value:.3f}" for name, value in told.items())
            print(f"step {pupil.step}/{recipe.steps} {time.monotonic() - started:.0f} s {words}", flush=True)
        if time.monotonic() - saved > SECONDS_BETWEEN_SAVES:
            save(pupil, folder)
            saved = time.monotonic()
    save(pupil, folder)


def begin(recipe: Recipe, weights: Path | None, folder: Path) -> Pupil:
    """A new pupil, with these weights if there are any, or the one that the folder's checkpoint holds."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(recipe.seed)
    network = timm.create_model(recipe.architecture, num_classes=0)
    if weights is not None:
        kept = {name: tensor.float() for name, tensor in load_file(weights).items()}
        counts = {name: tensor for name, tensor in network.state_dict().items() if name not in kept}
        if any(not name.endswith("num_batches_tracked") for name in counts):
            raise SystemExit(f"{weights} is not of {recipe.architecture}")
        network.load_state_dict(kept | counts)
    network = network.to(device, memory_format=torch.channels_last)
    answers = Answers(network.head_hidden_size).to(device)
    groups = parameter_groups([*network.parameters(), *answers.parameters()], recipe.weight_decay)
    optimizer = torch.optim.AdamW(groups, lr=recipe.learning_rate, betas=(0.9, 0.98))
    pupil = Pupil(recipe, network, answers, optimizer, device)
    checkpoint = folder / "checkpoint.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location=device, weights_only=True)
        if state["recipe"] != asdict(recipe):
            raise SystemExit(f"{checkpoint} is of another recipe; choose another --folder")
        network.load_state_dict(state["network"])
        answers.load_state_dict(state["answers"])
        optimizer.load_state_dict(state["optimizer"])
        pupil.step = state["step"]
    return pupil


def take_step(pupil: Pupil, banks: scenes.Banks) -> dict[str, float]:
    """Learn from one batch of scenes, two views each; what was measured on the way."""
    recipe = pupil.recipe
    for group in pupil.optimizer.param_groups:
        group["lr"] = learning_rate(recipe, pupil.step)
    views = scenes.draw_views(banks, recipe.batch_size // 2, recipe.size_px, recipe.seed, pupil.step)
    pupil.network.train()
    with torch.autocast(pupil.device.type, torch.bfloat16):
        features = pupil.network(normalised(views.images))
        loss, told = pupil.answers(features, views)
    pupil.optimizer.zero_grad(set_to_none=True)
    loss.backward()
    parameters = [each for group in pupil.optimizer.param_groups for each in group["params"]]
    nn.utils.clip_grad_norm_(parameters, LONGEST_GRADIENT)
    pupil.optimizer.step()
    pupil.step += 1
    return {"loss": float(loss.detach()), **told}


def normalised(images: Tensor) -> Tensor:
    """(N, 3, H, W) in units of the standard deviation, channels last."""
    mean = torch.tensor(MEAN, device=images.device)[None, :, None, None]
    std = torch.tensor(STD, device=images.device)[None, :, None, None]
    return ((images - mean) / std).contiguous(memory_format=torch.channels_last)


def learning_rate(recipe: Recipe, step: int) -> float:
    """A short warm-up, then half a cosine to nothing."""
    warm = min(1.0, (step + 1) / recipe.warm_up_steps)
    return recipe.learning_rate * warm * 0.5 * (1 + math.cos(math.pi * step / recipe.steps))


def parameter_groups(parameters: list[nn.Parameter], weight_decay: float) -> list[dict[str, object]]:
    """Matrices decay, vectors (biases, norms) don't."""
    return [
        {"params": [each for each in parameters if each.ndim > 1], "weight_decay": weight_decay},
        {"params": [each for each in parameters if each.ndim <= 1], "weight_decay": 0.0},
    ]


def save(pupil: Pupil, folder: Path) -> None:
    """The checkpoint to go on from, and the backbone by itself."""
    state = {
        "network": pupil.network.state_dict(),
        "answers": pupil.answers.state_dict(),
        "optimizer": pupil.optimizer.state_dict(),
        "step": pupil.step,
        "recipe": asdict(pupil.recipe),
    }
    with atomic.replacing(folder / "checkpoint.pt") as partial:
        torch.save(state, partial)
    tensors = {name: tensor.contiguous().cpu() for name, tensor in pupil.network.state_dict().items()}
    with atomic.replacing(folder / "backbone.safetensors") as partial:
        save_file(tensors, partial)


if __name__ == "__main__":
    main()
