"""The first groups of a network stand still, statistics included."""

from torch import nn

from tlstudio.model.groups import parameter_groups


def freeze(network: nn.Module, depth: int) -> tuple[nn.Module, ...]:
    """Freeze the first `depth` groups of `parameter_groups`, train the others.

    Returns:
        The modules that must stay in eval mode during training, for `train_mode`.
    """
    groups = parameter_groups(network)
    frozen = {name for group in groups[:depth] for name in group.parameters}
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(name not in frozen)
    return tuple(_standing(network))


def train_mode(network: nn.Module, frozen: tuple[nn.Module, ...]) -> None:
    """Put the network into train mode, but keep what is frozen in eval mode.

    Frozen BatchNorm layers would else go on to gather statistics, as `train()` wakes them every time
    (pytorch#86590); frozen dropout would blur features that nothing learns to cope with.
    """
    network.train()
    for module in frozen:
        module.eval()


def trainable_parameters(network: nn.Module) -> int:
    """How many values training adjusts."""
    return sum(parameter.numel() for parameter in network.parameters() if parameter.requires_grad)


def _standing(module: nn.Module) -> list[nn.Module]:
    """The largest modules all of whose parameters are frozen."""
    parameters = list(module.parameters())
    if parameters and not any(parameter.requires_grad for parameter in parameters):
        return [module]
    return [standing for child in module.children() for standing in _standing(child)]
