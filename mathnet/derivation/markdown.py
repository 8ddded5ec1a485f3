"""The fence on a page, by the name that authors write into their configuration; it stands in `doors/markdown.py`."""

from .doors.markdown import makeExtension

__all__ = ["makeExtension"]
