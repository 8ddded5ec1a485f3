"""The built book and the browser, for the tests that lie with the code."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Load the fixtures, once for all folders that ask for them."""
    config.pluginmanager.import_plugin("book.testing")
