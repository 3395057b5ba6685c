"""Which page belongs to which name, step and key."""

PAGES: dict[str, tuple[str, str]] = {
    "home": ("tlstudio.app.pages.home", "HomePage"),
    "data": ("tlstudio.app.pages.data", "DataPage"),
    "model": ("tlstudio.app.pages.model", "ModelPage"),
    "train": ("tlstudio.app.pages.train", "TrainPage"),
    "evaluate": ("tlstudio.app.pages.evaluate", "EvaluatePage"),
    "export": ("tlstudio.app.pages.export", "ExportPage"),
    "compare": ("tlstudio.app.pages.compare", "ComparePage"),
}
"""Name → module and class; imported when first shown."""

DOCK = ("tlstudio.app.widgets.try_it", "TryItDock")

STEP_PAGES = {
    "scan": "data",
    "train": "train",
    "resume": "train",
    "evaluate": "evaluate",
    "export": "export",
    "sweep": "compare",
}
"""Step → the page that tells of its failure itself."""

PAGE_KEYS = {
    "Ctrl+H": "home",
    "Ctrl+1": "data",
    "Ctrl+2": "model",
    "Ctrl+3": "train",
    "Ctrl+4": "evaluate",
    "Ctrl+5": "export",
    "Ctrl+R": "compare",
}
