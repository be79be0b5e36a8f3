"""Data sets of the course: real first, never stuck.

`load` takes and returns what `tfds.load` does; `load_arrays` returns what `keras.datasets` does.
Both look for a prepared copy, then download, then show a stand-in and say so in a notice;
`COURSE_DATA` sets the policy (see `course_utils.settings`).
"""

from course_utils.datasets.loader import is_loaded, load, load_arrays, source, title

__all__ = ["is_loaded", "load", "load_arrays", "source", "title"]
