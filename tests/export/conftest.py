import importlib.util
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]
HELPERS = {
    "made_run": TESTS / "evaluate" / "made_run.py",
    "made_model": TESTS / "export" / "made_model.py",
}

for name, path in HELPERS.items():
    # Tests are no package; a helper is loaded once and found by its name from then on.
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
