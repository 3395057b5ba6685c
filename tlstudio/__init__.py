"""TL Studio: no-code transfer learning on images."""

__version__ = "0.1.0"

RESEARCH_NOTICE = "For research and teaching. Not a medical device."
"""Stands wherever a result can leave the application."""
