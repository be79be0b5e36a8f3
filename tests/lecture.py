"""What the lectures work out by hand, for several tests."""

import numpy as np

SMILEY = np.array(  # lecture 003
    [[0, 1, 0, 1, 0], [0, 1, 0, 1, 0], [0, 0, 0, 0, 0], [1, 0, 0, 0, 1], [0, 1, 1, 1, 0]]
)
VERTICAL = np.array([[0, 1, 0], [0, 1, 0], [0, 1, 0]])
