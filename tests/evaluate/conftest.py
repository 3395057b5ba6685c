import importlib.util
import sys
from pathlib import Path


def _load_made_run():
    # Tests are no package; the helper is loaded once and found by its name from then on.
    path = Path(__file__).with_name("made_run.py")
    spec = importlib.util.spec_from_file_location("made_run", path)
    sys.modules["made_run"] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)


if "made_run" not in sys.modules:
    _load_made_run()
