"""Helpers behind the notebooks of the course on convolutional networks.

The rooms, in order: each imports only from those named before it, and a test holds them to it.

    keras_inside    all that leans on private parts of Keras or TensorFlow
    settings        profile, data policy, folders: the only reader of environment variables
    files           files that are written whole or not at all
    reader          notes, progress and tables: words to the person at the notebook
    datasets        load(name, ...) as tfds.load does; where data comes from; the stand-ins
    pipelines       tf.data: decode, resize, cache, shuffle, batch, prefetch
    convolution     the arithmetic of the lectures in NumPy
    detection       boxes and masks: overlap, suppression, average precision
    augmentation    random changes of pictures, as a Keras layer
    models          reference architectures
    checkpoints     kept trainings: weights, history and what they were made with
    training        a Keras callback that keeps a training and brings it back
    processes       one script in several processes, watched over
    interpretation  what a network looks at: patterns, maps, attributions
    applications    networks trained on ImageNet, and their stand-in
    plotting        figures with alt texts that are computed from what they show
    explorers       widgets to try things out
    exercises       questions with check, hint and solution
    expected        the numbers that must come out, beside the lectures'
    publishing      run, site, slides, minutes, copies, collect; no cell imports it
    doctor          what the course runs on, and what to mend
    __main__        the commands

Two floors: a notebook's cell imports what stands above `publishing`. What a lecture teaches stands
in the notebook, in plain Keras; what it does not teach (fetching data, grids of figures, keeping a
training) stands here.

Importing this package is quick and starts nothing; TensorFlow starts, quietly, with the first room
that needs it.
"""

__version__ = "0.1.0"
