"""The wizard's verbs in a terminal, printing the events of its steps."""

from tlstudio.cli.verbs import main

__all__ = ["main"]
