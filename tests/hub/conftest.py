"""A class on JupyterHub runs only when it is asked for by its folder: `pytest tests/hub`."""

from pathlib import Path

import hub  # noqa: F401 - reads COURSE_DATA_DIR before the tests of the package move it


def pytest_ignore_collect(collection_path, config):
    """Leave the hub out of a plain `pytest`."""
    asked = any("hub" in Path(argument).parts for argument in config.args)
    return None if asked else True
