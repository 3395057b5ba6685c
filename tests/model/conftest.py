"""What tests of networks start from."""

import pytest
import torch


@pytest.fixture(autouse=True)
def one_thread():
    """Small networks lose more to waiting than they gain."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def converted_here(monkeypatch):
    """The names of the PyTorch files that would have been handed to another process, which takes seconds."""
    from tlstudio.model.torch_file_child import convert

    names = []

    def status(source, target, seconds):
        names.append(source.name)
        return convert(source, target)

    monkeypatch.setattr("tlstudio.model.torch_files._status", status)
    return names
