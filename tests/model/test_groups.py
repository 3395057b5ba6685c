"""The parameters of any network of timm in the groups that the freeze slider counts."""

import pytest
import timm
import torch
from torch import nn

from tlstudio.model.groups import parameter_groups


def groups_of(name):
    with torch.device("meta"):
        network = timm.create_model(name, pretrained=False, num_classes=3)
    return network, parameter_groups(network)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("resnet18", ["stem", "layer1", "layer2", "layer3", "layer4", "classifier"]),
        # without groups of timm: its own modules, with the embeddings in the stem
        ("pit_ti_224", ["stem", "transformers.0", "transformers.1", "transformers.2", "norm", "classifier"]),
        (
            "poolformer_s12",
            ["stem", "stages.0", "stages.1", "stages.2", "stages.3", "head.norm", "classifier"],
        ),
    ],
)
def test_that_groups_go_from_the_input_to_the_classifier(name, expected):
    _, groups = groups_of(name)

    assert [group.name for group in groups] == expected


def test_that_a_family_with_fine_groups_only_is_cut_into_those():
    network, groups = groups_of("rdnet_tiny")

    with pytest.raises(AssertionError):
        network.group_matcher(coarse=True)
    assert len(groups) > 5


@pytest.mark.parametrize("name", ["resnet18", "pit_ti_224", "poolformer_s12", "rdnet_tiny", "levit_128s"])
def test_that_every_parameter_belongs_to_one_group(name):
    network, groups = groups_of(name)
    grouped = [parameter for group in groups for parameter in group.parameters]

    assert sorted(grouped) == sorted(name for name, _ in network.named_parameters())
    assert len({group.name for group in groups}) == len(groups)


def test_that_a_network_with_two_classifiers_has_both_in_the_last_group():
    network, groups = groups_of("levit_128s")

    assert isinstance(network.get_classifier(), tuple | nn.Module)
    assert {parameter.partition(".")[0] for parameter in groups[-1].parameters} == {"head", "head_dist"}
