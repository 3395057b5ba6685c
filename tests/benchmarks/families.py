"""How many of timm's families can be used: a small network of each is built, trained, frozen and exported.

Run by hand: `python tests/benchmarks/families.py [FAMILY…] [--to FILE]`. It takes an hour on two cores; with
--to it writes a line of JSON for each family, and started again it goes on after them.
"""

import argparse
import json
import os
import tempfile
from dataclasses import asdict
from pathlib import Path

from tlstudio import environment

environment.prepare()

import torch

from tlstudio.export.inspect_network import inspect_network
from tlstudio.model.catalogue import TimmModel, catalogue
from tlstudio.model.events import NetworkInspected

LARGEST = 4e13
"""Values times pixels: families whose smallest network has more are named and left out; they take long."""


def main() -> None:
    """Print a line for each family, then the share that works."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("families", nargs="*")
    parser.add_argument("--to", type=Path)
    given = parser.parse_args()
    torch.set_num_threads(max(1, (os.cpu_count() or 2) // 2))
    done = read(given.to) if given.to else {}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TLSTUDIO_MODELS_DIR"] = folder
        smallest = smallest_of_families()
        wanted = [family for family in given.families or sorted(smallest) if family not in done]
        for family in wanted:
            model = smallest[family]
            if cost(model) > LARGEST:
                size = f"{model.parameters / 1e6:.0f} million values, {model.input_px} px"
                print(f"{family:28} left out: {model.name} has {size}")
                continue
            done[family] = inspected(model)
            show(family, done[family])
            if given.to:
                with given.to.open("a", encoding="utf-8") as file:
                    file.write(json.dumps({"of": family, **asdict(done[family])}) + "\n")
    works = sum(found.usable for found in done.values())
    kept = sum(found.usable and not found.reason for found in done.values())
    print(
        f"\n{works} of {len(done)} families work; the frozen part of {kept} can be kept from epoch to epoch."
    )


def smallest_of_families() -> dict[str, TimmModel]:
    """Of each of timm's modules the network that takes least to compute."""
    found: dict[str, TimmModel] = {}
    for model in sorted(catalogue(), key=lambda model: (model.name.startswith("test_"), cost(model))):
        found.setdefault(model.family, model)
    return found


def cost(model: TimmModel) -> float:
    """About proportional to what a step computes."""
    return float(model.parameters) * model.input_px**2


def inspected(model: TimmModel) -> NetworkInspected:
    """The last event of the step."""
    *_, last = inspect_network(model.architecture)
    if not isinstance(last, NetworkInspected):
        raise TypeError(f"expected NetworkInspected, received {last}")
    return last


def show(family: str, found: NetworkInspected) -> None:
    """One line."""
    mark = "✓" if found.usable else "✗"
    groups = f"{len(found.freeze_groups)} groups"
    print(
        f"{family:28} {mark} {found.name:36} {groups:10} {found.seconds:4.0f} s  {found.reason}", flush=True
    )


def read(path: Path) -> dict[str, NetworkInspected]:
    """What an earlier run found."""
    if not path.exists():
        return {}
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {row.pop("of"): NetworkInspected(**row) for row in rows}


if __name__ == "__main__":
    main()
