"""The parameters of a network in the groups that the freeze slider counts."""

from dataclasses import dataclass

from timm.models import group_parameters
from torch import nn

CLASSIFIER = "classifier"


@dataclass(frozen=True)
class ParameterGroup:
    """Parameters that are frozen or trained together.

    Attributes:
        name: see FreezeGroup; the last group is called "classifier".
        parameters: full names in the network.
    """

    name: str
    parameters: tuple[str, ...]


def parameter_groups(network: nn.Module) -> tuple[ParameterGroup, ...]:
    """Timm's coarse groups from the input on, with the classifier split off as its own last one.

    Some families keep a norm or a convolution in the classifier's group (MobileNet, ConvNeXt, Swin, VGG);
    it becomes the group before the last, so that "head only" means the classifier for every backbone.
    """
    matched = group_parameters(network, network.group_matcher(coarse=True))  # type: ignore[operator]
    head = tuple(name for name, _ in network.named_parameters() if is_of_classifier(network, name))
    bodies = [tuple(name for name in matched[key] if name not in head) for key in sorted(matched)]
    bodies = [body for body in bodies if body]
    names = ["stem"] + [_own_prefix(body[0], body, [*bodies, head]) for body in bodies[1:]]
    groups = [ParameterGroup(*pair) for pair in zip(names, bodies, strict=True)]
    return (*groups, ParameterGroup(CLASSIFIER, head))


def is_of_classifier(network: nn.Module, tensor: str) -> bool:
    """Whether the tensor of that name is a part of the classifier."""
    return tensor.startswith(tuple(f"{module}." for module in classifier_modules(network)))


def classifier_modules(network: nn.Module) -> tuple[str, ...]:
    """The names of the modules that make logits of features: one, or two for distilled networks."""
    names = network.pretrained_cfg["classifier"]  # type: ignore[index]
    return (names,) if isinstance(names, str) else tuple(names)


def _own_prefix(name: str, body: tuple[str, ...], bodies: list[tuple[str, ...]]) -> str:
    """The shortest module name around the first parameter that no other group shares: "layer1"."""
    others = [other for group in bodies if group != body for other in group]
    parts = name.split(".")
    prefixes = [".".join(parts[: length + 1]) for length in range(len(parts))]
    return next(prefix for prefix in prefixes if not any(other.startswith(f"{prefix}.") for other in others))
