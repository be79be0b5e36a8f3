"""Pretrained networks: compare them, load them, ask them what is on a photo, use their features.

`load` follows the policy of `course_utils.datasets`: a prepared copy of the weights, else a
verified download, else the course's own small backbone, with a notice.
"""

from course_utils.applications.comparison import published, table
from course_utils.applications.features import feature_extractor
from course_utils.applications.photos import read_photo
from course_utils.applications.predictions import classify, decode_predictions, preprocess
from course_utils.applications.weights import load, prefetch, source

__all__ = [
    "classify",
    "decode_predictions",
    "feature_extractor",
    "load",
    "prefetch",
    "preprocess",
    "published",
    "read_photo",
    "source",
    "table",
]
