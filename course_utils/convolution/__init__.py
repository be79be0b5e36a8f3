"""The arithmetic of convolutional networks in NumPy: windows, sizes, receptive fields, kernels.

Everything works on one picture, (rows, columns) or (rows, columns, channels), and follows the
conventions of Keras: windows slide from the top left, "same" padding is TensorFlow's. Sizes follow
V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning" (2016); receptive
fields follow A. Araujo, W. Norris and J. Sim, "Computing Receptive Fields of Convolutional Neural
Networks", Distill (2019).

windows     where a window goes: the one rule for padding, sizes, the pixels it meets
operations  what is computed there: convolution and pooling
costs       parameters, multiplications, bytes
fields      how much of the picture a layer sees
banks       kernels to convolve with: edges and blurs by name, Gabor, Haar
checks      what all of them refuse
"""

from course_utils.convolution.banks import gabor_bank, haar_bank, kernels
from course_utils.convolution.costs import activation_bytes, multiplications, parameter_count
from course_utils.convolution.fields import ReceptiveField, receptive_field
from course_utils.convolution.operations import convolve, convolve_loops, global_pool, pool
from course_utils.convolution.windows import output_size, padding_amount

__all__ = [
    "ReceptiveField",
    "activation_bytes",
    "convolve",
    "convolve_loops",
    "gabor_bank",
    "global_pool",
    "haar_bank",
    "kernels",
    "multiplications",
    "output_size",
    "padding_amount",
    "parameter_count",
    "pool",
    "receptive_field",
]
