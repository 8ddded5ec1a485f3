"""Derivations as tests, by the name that authors write into their configuration; it stands in `doors/pytest_plugin.py`."""

from .doors.pytest_plugin import pytest_addoption, pytest_collect_file, pytest_configure

__all__ = ["pytest_addoption", "pytest_collect_file", "pytest_configure"]
