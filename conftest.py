"""Whatever notebooks pytest runs, `tests/nbval_words.py` compares the words of their outputs."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "tests"))
pytest_plugins = ["nbval_words"]
