"""How many of timm's families can be cut: one small network of each, with random weights, at some depths.

    python tests/benchmarks/cut_families.py [FAMILY …]

Each cut is compared with the whole network: logits in eval mode, logits and all gradients in train mode with
the same random draws, all to the last bit. It takes a while; it ends with what did not work.
"""

import copy
import statistics
import sys
import time
import warnings

from tlstudio import environment

environment.prepare()

import timm
import torch
from torch import nn

from tlstudio.model.cut import cut
from tlstudio.model.errors import CannotCut
from tlstudio.model.freeze import freeze, train_mode
from tlstudio.model.groups import parameter_groups

MEASURED_BEFORE = 87
"""Families that could be cut at all tested depths when this was first tried, of 93."""

# The module of timm, a small network of it, and the edge of its input: the published one if it is fixed.
FAMILIES = [
    ("beit", "beit_base_patch16_224", 224),
    ("byoanet", "halonet_h1", 256),
    ("byobnet", "mobileone_s1", 64),
    ("cait", "cait_xxs24_224", 224),
    ("coat", "coat_tiny", 224),
    ("convit", "convit_tiny", 224),
    ("convmixer", "convmixer_768_32", 64),
    ("convnext", "convnext_zepto_rms", 64),
    ("cpubone", "cpubone_nano", 64),
    ("crossvit", "crossvit_tiny_240", 240),
    ("csatv2", "csatv2", 64),
    ("cspnet", "cs3darknet_focus_s", 64),
    ("cspnext", "cspnext_tiny", 64),
    ("davit", "davit_tiny", 64),
    ("deepseek_vit", "deepseek_vit_412m", 56),
    ("deit", "deit_tiny_patch16_224", 224),
    ("densenet", "densenet121", 64),
    ("dla", "dla46x_c", 64),
    ("dpn", "dpn48b", 64),
    ("edgenext", "edgenext_xx_small", 64),
    ("efficientformer", "efficientformer_l1", 224),
    ("efficientformer_v2", "efficientformerv2_s0", 224),
    ("efficientnet", "efficientnet_lite0", 64),
    ("efficientvim", "efficientvim_m1", 64),
    ("efficientvit_mit", "efficientvit_b0", 64),
    ("efficientvit_msra", "efficientvit_m0", 224),
    ("eva", "eva02_tiny_patch14_224", 224),
    ("fasternet", "fasternet_t0", 64),
    ("fastvit", "fastvit_s12", 64),
    ("focalnet", "focalnet_tiny_srf", 64),
    ("gcvit", "gcvit_xxtiny", 224),
    ("gemma4_vit", "gemma4_vit_167m", 96),
    ("ghostnet", "ghostnet_050", 64),
    ("hardcorenas", "hardcorenas_b", 64),
    ("hgnet", "hgnetv2_b0", 64),
    ("hiera", "hiera_tiny_224", 224),
    ("hieradet_sam2", "sam2_hiera_tiny", 64),
    ("hrnet", "hrnet_w18_small", 64),
    ("iformer", "iformer_t", 64),
    ("inception_next", "inception_next_atto", 64),
    ("inception_resnet_v2", "inception_resnet_v2", 128),
    ("inception_v3", "inception_v3", 128),
    ("inception_v4", "inception_v4", 128),
    ("lcnetv2", "lcnetv2_small", 64),
    ("levit", "levit_128s", 224),
    ("lowformer", "lowformer_b0", 64),
    ("mambaout", "mambaout_femto", 64),
    ("maxxvit", "maxvit_pico_rw_256", 256),
    ("metaformer", "poolformerv2_s12", 64),
    ("mlp_mixer", "gmlp_ti16_224", 224),
    ("mobilenetv3", "lcnet_035", 64),
    ("mobilenetv5", "mobilenetv5_base", 64),
    ("mobilevit", "mobilevit_xxs", 64),
    ("mvitv2", "mvitv2_tiny", 224),
    ("naflexvit", "naflexvit_base_patch16_parfac_gap", 64),
    ("nasnet", "nasnetalarge", 64),
    ("nest", "nest_tiny", 224),
    ("nextvit", "nextvit_small", 64),
    ("nfnet", "nf_regnet_b0", 64),
    ("pit", "pit_ti_224", 224),
    ("pnasnet", "pnasnet5large", 64),
    ("pvt_v2", "pvt_v2_b0", 64),
    ("qwen3_vit", "qwen3_vit_88m", 64),
    ("rdnet", "rdnet_tiny", 64),
    ("regnet", "regnetx_002", 64),
    ("repghost", "repghostnet_050", 64),
    ("repvit", "repvit_m1", 64),
    ("res2net", "res2next50", 64),
    ("resnest", "resnest14d", 64),
    ("resnet", "resnet10t", 64),
    ("resnetv2", "resnetv2_18", 64),
    ("rexnet", "rexnet_100", 64),
    ("selecsls", "selecsls42", 64),
    ("senet", "legacy_seresnet18", 64),
    ("sequencer", "sequencer2d_s", 224),
    ("shvit", "shvit_s1", 64),
    ("sknet", "skresnet18", 64),
    ("starnet", "starnet_s050", 64),
    ("swiftformer", "swiftformer_xs", 224),
    ("swin_transformer", "swin_tiny_patch4_window7_224", 224),
    ("swin_transformer_v2", "swinv2_tiny_window8_256", 256),
    ("swin_transformer_v2_cr", "swinv2_cr_tiny_224", 224),
    ("tiny_vit", "tiny_vit_5m_224", 64),
    ("tnt", "tnt_s_legacy_patch16_224", 224),
    ("tresnet", "tresnet_m", 64),
    ("twins", "twins_svt_small", 224),
    ("vgg", "vgg11", 64),
    ("visformer", "visformer_tiny", 224),
    ("vision_transformer", "vit_tiny_patch16_224", 224),
    ("vision_transformer_hybrid", "vit_tiny_r_s16_p8_224", 224),
    ("vision_transformer_relpos", "vit_srelpos_small_patch16_224", 224),
    ("vision_transformer_sam", "samvit_base_patch16_224", 224),
    ("vitamin", "vitamin_small_224", 224),
    ("volo", "volo_d1_224", 224),
    ("vovnet", "ese_vovnet19b_slim_dw", 64),
    ("xception", "legacy_xception", 64),
    ("xception_aligned", "xception41p", 64),
    ("xcit", "xcit_nano_12_p8_224", 224),
]


def main(chosen: list[str]) -> int:
    """Print a line for each family, then the sum; the exit status says whether it is as good as before."""
    warnings.simplefilter("ignore")
    whole, partly, refused = [], [], []
    for family, name, size_px in FAMILIES:
        if chosen and family not in chosen:
            continue
        found = check(name, size_px)
        bad = {depth: words for depth, (words, _) in found.items() if words}
        kind = whole if not bad else refused if len(bad) == len(found) else partly
        kind.append(family)
        milliseconds = statistics.median(seconds for _, seconds in found.values()) * 1000
        print(
            f"{family:26} {name:32} {len(found) - len(bad)}/{len(found)} {milliseconds:6.0f} ms", flush=True
        )
        for depth, words in bad.items():
            print(f"    at {depth}: {words}", flush=True)
    print(f"\nAt all tested depths: {len(whole)} of {len(whole) + len(partly) + len(refused)}")
    print(f"At some: {', '.join(partly) or 'none'}\nAt none: {', '.join(refused) or 'none'}")
    return 0 if chosen or len(whole) >= MEASURED_BEFORE else 1


def check(name: str, size_px: int) -> dict[int, tuple[str, float]]:
    """What is wrong at each depth, empty if nothing, and the seconds of processor time that cutting took."""
    torch.manual_seed(0)
    network = timm.create_model(name, num_classes=3)
    last = len(parameter_groups(network)) - 1
    depths = sorted({max(1, last // 3), max(1, 2 * last // 3), last})
    found = {}
    for depth in depths:
        began = time.process_time()
        try:
            parts = cut(network, depth, size_px)
            seconds = time.process_time() - began
            words = (
                f"cut at {parts.depth} instead" if parts.depth < depth else compare(network, parts, size_px)
            )
        except CannotCut as error:
            seconds, words = time.process_time() - began, error.reason
        found[depth] = words, seconds
    return found


def compare(network: nn.Module, parts, size_px: int) -> str:
    """How the parts differ from the whole; empty if they don't."""
    images = torch.randn(2, 3, size_px, size_px)
    network.eval()
    with torch.no_grad():
        if not torch.equal(parts.suffix(*parts.prefix(images)), network(images)):
            return "other logits in eval mode"
    frozen = freeze(network, parts.depth)
    logits, gradients = step(network, frozen, lambda: network(images))
    own_logits, own_gradients = step(network, frozen, lambda: parts.suffix(*parts.prefix(images)))
    if not torch.equal(logits, own_logits):
        return f"other logits in train mode, by {(logits - own_logits).abs().max():.1e}"
    if gradients.keys() != own_gradients.keys():
        return "gradients of other parameters"
    worst = max(float((gradients[key] - own_gradients[key]).abs().max()) for key in gradients)
    return f"other gradients, by {worst:.1e}" if worst else ""


def step(network: nn.Module, frozen, forward) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """Logits and gradients in train mode; the buffers stay as they were."""
    buffers = copy.deepcopy(dict(network.named_buffers()))
    train_mode(network, frozen)
    network.zero_grad()
    torch.manual_seed(1)
    logits = forward()
    logits.square().sum().backward()
    gradients = {name: each.grad for name, each in network.named_parameters() if each.grad is not None}
    with torch.no_grad():
        for name, buffer in network.named_buffers():
            buffer.copy_(buffers[name])
    return logits.detach(), gradients


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
