"""Helpers behind the notebooks of the course on convolutional networks.

Data flows one way, and each room imports only from those before it:
settings -> datasets -> models -> training -> plotting -> notebooks.

Importing this package is quick and starts nothing; TensorFlow starts, quietly, with the first
room that needs it (`course_utils.models` or `course_utils.training`).
"""

__version__ = "0.1.0"
