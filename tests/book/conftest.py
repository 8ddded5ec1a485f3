"""The built book and the browser."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    # they are shared with the tests in book/: pytest refuses `pytest_plugins` outside of the root, where those of the library would load it
    config.pluginmanager.import_plugin("book.testing")
