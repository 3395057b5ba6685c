"""A network starts from the weights that its settings name."""

import pytest
import timm
import torch
from safetensors.torch import save_file

from tlstudio.model.backbones import BACKBONES, TEST_BACKBONES
from tlstudio.model.errors import WeightsDamaged, WeightsDoNotFit, WeightsNotHere
from tlstudio.model.groups import is_of_classifier, parameter_groups
from tlstudio.model.match import match
from tlstudio.model.network import build, create, timm_name
from tlstudio.model.pretrained import load_pretrained
from tlstudio.model.settings import ModelSettings
from tlstudio.model.weight_store import file_sha256, keep_weights, weights_file, weights_state

TINY = TEST_BACKBONES["test_resnet"]


@pytest.fixture
def kept(tmp_path):
    """kept(network, change): the network's body in half precision where the backbone's weights lie."""

    def keep(network, change=lambda tensors: tensors, sha256=None):
        body = {
            name: tensor.half() if tensor.is_floating_point() else tensor
            for name, tensor in network.state_dict().items()
            if not is_of_classifier(network, name) and not name.endswith("num_batches_tracked")
        }
        path = tmp_path / "came.safetensors"
        save_file(change(body), path)
        return keep_weights(TINY, path, "download", file_sha256(path) if sha256 is None else sha256)

    return keep


def test_that_half_precision_becomes_full_and_the_head_stays_new(kept):
    source = create(TINY, 5, seed=3)
    kept(source)

    network = build(ModelSettings("test_resnet", 0, "pretrained"), 2, seed=1)

    assert torch.equal(network.conv1[0].weight, source.conv1[0].weight.half().float())
    assert network.conv1[0].weight.dtype == torch.float32
    assert torch.equal(network.fc.weight, create(TINY, 2, seed=1).fc.weight)


def test_that_the_head_stays_new_whatever_classifier_a_file_brings(tmp_path):
    source = create(TINY, 2, seed=3)
    save_file(source.state_dict(), tmp_path / "before.safetensors")

    network = build(ModelSettings("test_resnet", 0, str(tmp_path / "before.safetensors")), 2, seed=1)

    assert torch.equal(network.conv1[0].weight, source.conv1[0].weight)
    assert torch.equal(network.fc.weight, create(TINY, 2, seed=1).fc.weight)


def test_that_what_was_loaded_is_called_by_its_published_name(kept):
    path = kept(create(TINY, 5))

    loaded = load_pretrained(create(TINY, 2), TINY)

    assert loaded.file == "test_resnet.r160_in1k"
    assert loaded.sha256 == file_sha256(path)
    assert loaded.left_out == ("fc.weight", "fc.bias")


def test_that_the_head_stays_new_even_if_the_published_one_has_as_many_classes(tmp_path):
    published = create(TINY, 2, seed=3)
    save_file(published.state_dict(), tmp_path / "came")
    keep_weights(TINY, tmp_path / "came", "download", "")

    network = build(ModelSettings("test_resnet", 0, "pretrained"), 2, seed=1)

    assert torch.equal(network.conv1[0].weight, published.conv1[0].weight)
    assert torch.equal(network.fc.weight, create(TINY, 2, seed=1).fc.weight)


@pytest.mark.parametrize("name", [name for name, row in BACKBONES.items() if row.weights.bundled])
def test_that_the_bundled_weights_go_into_their_network_whole(name):
    row = BACKBONES[name]
    if weights_file(row) is None:
        pytest.skip("its file is not made yet")

    network = build(ModelSettings(name, 0, "pretrained"), 2, seed=1)

    before, after = create(row, 2, seed=1).state_dict(), network.state_dict()
    same = [key for key in after if torch.equal(before[key], after[key])]
    head = parameter_groups(network)[-1].parameters
    assert [key for key in same if after[key].ndim > 1] == [key for key in head if after[key].ndim > 1]


def published_tensors(row):
    """Random ones, under the names and in the shapes of the file at the hub."""
    options = {} if row.weights.repo.startswith("timm/") else {"num_classes": row.weights.classes}
    return timm.create_model(timm_name(row), pretrained=False, **options).state_dict()


@pytest.mark.parametrize("name", [name for name, row in BACKBONES.items() if row.weights.repo])
def test_that_what_is_published_fits_its_row(name):
    row = BACKBONES[name]

    with torch.device("meta"):  # names and shapes are compared, for which no values are needed
        found = match(create(row, 3), published_tensors(row))

    assert found.fits


@pytest.mark.slow
@pytest.mark.parametrize("name", ["vit_small_patch14_dinov2", "swinv2_tiny_window8_256", "inception_v3"])
def test_that_a_file_as_it_is_published_goes_into_the_network(name, tmp_path):
    row = BACKBONES[name]
    save_file(published_tensors(row), tmp_path / "came")
    keep_weights(row, tmp_path / "came", "download", "")

    loaded = load_pretrained(create(row, 3), row)

    assert loaded.loaded > 0
    assert loaded.file == row.weights.name


def test_that_weights_that_are_not_here_are_not_replaced_by_random_ones():
    with pytest.raises(WeightsNotHere, match="not on this computer"):
        build(ModelSettings("test_resnet", 0, "pretrained"), 2)


def test_that_a_file_that_changed_since_it_came_is_refused(kept):
    kept(create(TINY, 5), sha256="0" * 64)

    with pytest.raises(WeightsDamaged):
        load_pretrained(create(TINY, 2), TINY)
    # As the message says, they can be had again now.
    assert weights_state(TINY).kind == "download"


def test_that_a_file_that_lacks_a_tensor_leaves_the_network_as_it_was(kept):
    kept(
        create(TINY, 5, seed=3), lambda body: {k: v for k, v in body.items() if k != "layer1.0.conv1.weight"}
    )
    network = create(TINY, 2, seed=1)

    with pytest.raises(WeightsDoNotFit):
        load_pretrained(network, TINY)

    assert torch.equal(network.conv1[0].weight, create(TINY, 2, seed=1).conv1[0].weight)
