"""Which devices train here: a small forward and backward pass on each, told as one line of JSON.

`python -m tlstudio.run.probe`; a process of its own, as a broken driver may hang or crash it.
"""

from tlstudio import environment

environment.prepare()

import json  # noqa: E402
import sys  # noqa: E402
from importlib import import_module  # noqa: E402
from typing import Any  # noqa: E402


def main() -> None:
    """Print a list of {"device", "title", "problem"}; problem is empty where training works."""
    torch: Any = import_module("torch")
    devices = [("cpu", f"CPU, {torch.get_num_threads()} threads")]
    if torch.cuda.is_available():
        devices.append(("cuda", torch.cuda.get_device_name(0)))
    if torch.backends.mps.is_available():
        devices.append(("mps", "Apple graphics (MPS)"))
    found = [{"device": name, "title": title, "problem": _problem(torch, name)} for name, title in devices]
    sys.stdout.write(json.dumps(found) + "\n")


def _problem(torch: Any, device: str) -> str:
    try:
        layer = torch.nn.Conv2d(3, 4, 3).to(device)
        layer(torch.ones(2, 3, 8, 8, device=device)).sum().backward()
        is_finite = bool(torch.isfinite(layer.weight.grad).all().item())
    except Exception as error:  # whatever a driver raises is the answer
        return str(error).splitlines()[0][:200]
    return "" if is_finite else "its results are not finite"


if __name__ == "__main__":
    main()
