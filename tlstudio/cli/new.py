"""A new project from a folder of images, whole or not at all."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tlstudio.cli.running import locked
from tlstudio.data.settings import DataSettings
from tlstudio.events import Event
from tlstudio.model.backbones import find_backbone
from tlstudio.model.recommend import recommended_freeze
from tlstudio.project.events import ProjectCreated
from tlstudio.project.file import create_project, remove_made, save_project
from tlstudio.run.follow import follow
from tlstudio.run.here import run_here


def make_project(folder: Path, settings: DataSettings) -> Iterator[Event]:
    """Make the folder and scan the images; whatever fails, nothing of it is left behind.

    Yields:
        What scanning reports; last ProjectCreated.

    Raises:
        TLStudioError: if the folder is taken, or there is nothing to train on.
    """
    existed = os.path.exists(folder)
    project = create_project(folder).with_settings(data=settings)
    try:
        with locked(project.folder):
            save_project(project)
            for after, event in follow(project, run_here("scan", project)):
                project = after
                yield event
            images = project.images
            assert images is not None  # noqa: S101 - the last event of a scan
            model = project.settings.model
            freeze = recommended_freeze(find_backbone(model.backbone), model.weights, images.split["train"])
            save_project(project.with_settings(model=replace(model, freeze=freeze)))
    except BaseException:
        remove_made(project.folder, is_folder_kept=existed)
        raise
    yield ProjectCreated(
        images=images.images,
        classes=images.classes,
        rejected=images.rejected,
        groups=images.groups,
        split=images.split,
        path=str(folder),
        group_pattern=images.group_pattern,
    )
