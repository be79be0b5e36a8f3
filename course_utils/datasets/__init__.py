"""Data sets of the course: real first, never stuck.

`load` takes and returns what `tfds.load` does; `load_arrays` returns what `keras.datasets` does.
Both look for a prepared copy, then download, then show a stand-in and say so in a notice;
`COURSE_DATA` sets the policy (see `course_utils.settings`). "blood_smears" is drawn by the course
and stands in for nothing. `find_patients` knows from whom each cell of the malaria set comes.
"""

from course_utils.datasets.loader import is_loaded, load, load_arrays, source, title
from course_utils.datasets.patients import find_patients

__all__ = ["find_patients", "is_loaded", "load", "load_arrays", "source", "title"]
