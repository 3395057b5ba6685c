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
    head = tuple(name for name, _ in network.named_parameters() if is_of_classifier(network, name))
    bodies = [tuple(name for name in group if name not in head) for group in _matched(network)]
    bodies = [body for body in bodies if body]
    names = ["stem"] + [_own_prefix(body[0], body, [*bodies, head]) for body in bodies[1:]]
    groups = [ParameterGroup(*pair) for pair in zip(names, bodies, strict=True)]
    return (*groups, ParameterGroup(CLASSIFIER, head))


def _matched(network: nn.Module) -> list[list[str]]:
    """The names of all parameters in timm's groups; by the network's own modules where timm has none."""
    matcher = getattr(network, "group_matcher", None)
    for coarse in (True, False):
        try:
            matched = group_parameters(network, matcher(coarse=coarse))  # type: ignore[misc]
        except (AssertionError, AttributeError, NotImplementedError, TypeError):  # rdnet has fine groups only
            continue
        if len(matched) > 1:
            return [list(matched[key]) for key in sorted(matched)]
    return _by_module(network)


def _by_module(network: nn.Module) -> list[list[str]]:
    """One group for each module of the network, lists and sequences opened.

    Parameters of no module, such as a position embedding, belong to the first group.
    """
    names = [name for name, _ in network.named_parameters()]
    bare = [name for name in names if "." not in name]
    groups: dict[str, list[str]] = {}
    for name in names:
        first, _, rest = name.partition(".")
        is_opened = isinstance(getattr(network, first), nn.Sequential | nn.ModuleList)
        stage = f"{first}.{rest.partition('.')[0]}" if is_opened else first
        if rest:
            groups.setdefault(stage, []).append(name)
    stem, *others = groups.values()
    return [[*bare, *stem], *others]


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
