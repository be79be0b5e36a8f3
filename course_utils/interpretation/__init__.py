"""What a network sees: feature maps, the patterns its filters look for, and more.

All functions take a built Sequential or functional model, also one with models nested inside it,
and images as that model takes them: a batch, (N, height, width, channels), or one of them, for
which they return one result. Layers are named by their name (at any depth), by their place in
`model.layers`, or given as layer objects. What a model's outputs mean, `outputs` says for all: a
model may end in a softmax, in a sigmoid, or in the scores before. The model itself is not changed.
"""

from course_utils.interpretation.attribution import grad_cam, occlusion_map, overlay
from course_utils.interpretation.layers import convolutions
from course_utils.interpretation.maps import feature_maps, strongest_pieces
from course_utils.interpretation.patterns import deep_dream, filter_patterns
from course_utils.interpretation.pictures import orientation_energy, to_pictures

__all__ = [
    "convolutions",
    "deep_dream",
    "feature_maps",
    "filter_patterns",
    "grad_cam",
    "occlusion_map",
    "orientation_energy",
    "overlay",
    "strongest_pieces",
    "to_pictures",
]
