"""Every network that timm has weights for, known without torch."""

import timm

from tlstudio.model.catalogue import catalogue, find_model, search, trained_on


def test_that_it_holds_all_that_timm_has_weights_for():
    assert {model.name for model in catalogue()} == set(timm.list_pretrained())
    assert all(timm.is_model(model.architecture) for model in catalogue())


def test_that_a_row_says_what_timm_says():
    model, published = find_model("convnext_tiny.in12k_ft_in1k"), timm.get_pretrained_cfg("convnext_tiny")

    assert model.family == "convnext"
    assert model.repo == published.hf_hub_id == "timm/convnext_tiny.in12k_ft_in1k"
    assert (model.licence, model.input_px, model.classes) == ("Apache-2.0", 224, 1000)
    assert model.parameters == 27_820_128  # without the classifier's 769,000
    assert model.size_bytes == 4 * (27_820_128 + 769_000)


def test_that_a_name_without_a_tag_means_the_weights_that_timm_takes():
    for name in ("resnet50", "vit_base_patch16_224", "convnext_tiny"):
        assert find_model(name).name == f"{name}.{timm.get_pretrained_cfg(name).tag}"

    assert find_model("resnet51") is None


def test_that_a_search_finds_every_word_and_the_beginning_of_a_name_first():
    found = [model.name for model in search("resnet 18")]

    assert found[0].startswith("resnet18")
    assert all("resnet" in name and "18" in name for name in found)
    assert any(name.startswith(("seresnet", "legacy_seresnet18")) for name in found)
    assert search("no such network") == ()
    assert len(search("")) == len(catalogue())


def test_that_a_licence_can_be_searched_and_forbids_profit_where_it_does():
    found = search("convnextv2 cc-by-nc")

    assert found
    assert all(model.weights.is_non_commercial for model in found)
    assert not find_model("resnet18").weights.is_non_commercial


def test_that_a_network_whose_weights_lie_elsewhere_can_not_be_downloaded():
    model = find_model("gcvit_tiny")

    assert model.repo == ""
    assert model.weights.source == "timm"


def test_that_vectors_that_are_no_classes_are_not_counted_as_names():
    clip = find_model("vit_base_patch32_clip_224.openai")

    assert timm.get_pretrained_cfg(clip.name).num_classes == 512
    assert clip.classes == 0


def test_that_a_tag_says_what_the_weights_saw_last():
    assert trained_on("augreg_in21k_ft_in1k") == "ImageNet-21k, then ImageNet-1k"
    assert trained_on("fcmae") == "See its source"
