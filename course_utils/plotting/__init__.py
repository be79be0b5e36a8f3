"""Pictures of the course: matplotlib figures that carry their own alt text.

Each `show_…` returns a `Picture`, a matplotlib `Figure`: as the last line of a cell it is shown.
With this room imported, a figure of one's own (`plt.imshow(…)`, `plt.show()`) has an alt text, too.
"""

from course_utils.plotting.charts import show_bars, show_curves, show_history
from course_utils.plotting.diagram import show_architecture
from course_utils.plotting.display import install
from course_utils.plotting.fields import show_receptive_fields
from course_utils.plotting.images import show_image, show_images, show_numbers
from course_utils.plotting.networks import show_classification, show_networks
from course_utils.plotting.picture import Picture
from course_utils.plotting.steps import convolution_steps, pooling_steps
from course_utils.plotting.tiles import show_tiles

install()

__all__ = [
    "Picture",
    "convolution_steps",
    "pooling_steps",
    "show_architecture",
    "show_bars",
    "show_classification",
    "show_curves",
    "show_history",
    "show_image",
    "show_images",
    "show_networks",
    "show_numbers",
    "show_receptive_fields",
    "show_tiles",
]
