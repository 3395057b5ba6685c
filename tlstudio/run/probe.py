"""Which device trains here, proven by a real step and told as one line of JSON.

`python -m tlstudio.run.probe`; a process of its own, as a broken driver may hang or crash it.
"""

from tlstudio import environment

environment.prepare()

import json  # noqa: E402
import sys  # noqa: E402
from importlib import import_module  # noqa: E402

from tlstudio.errors import TLStudioError  # noqa: E402


def main() -> None:
    """Print {"title", "note", "problem"}: the fastest working device, or why there is none."""
    found = {"title": "", "note": "", "problem": ""}
    try:
        chosen = import_module("tlstudio.train.device").choose_device("auto")  # loads torch
        found.update(title=chosen.title, note=chosen.note)
    except TLStudioError as error:
        found["problem"] = error.message
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
