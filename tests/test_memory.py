"""The memory of notebooks, as `make memory` measured it: within bounds, and in the README."""

from course_utils import settings
from course_utils.publishing import notebooks

import memory


def test_every_notebook_was_measured_and_stays_below_its_bound():
    kept = memory.read()["demo"]
    assert sorted(kept) == [path.stem for path in notebooks.find()]
    too_much = {
        name for name, taken in kept.items() if taken["peak"] > memory.bound(name) + memory.NOISE
    }
    assert not too_much
    assert all(0.1 < taken["imports"] <= taken["peak"] for taken in kept.values())


def test_the_readme_says_what_a_class_needs():
    text = (settings.checkout() / "README.md").read_text(encoding="utf-8")
    assert memory.make_table(memory.read()) in text
