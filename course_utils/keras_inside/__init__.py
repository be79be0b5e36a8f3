"""All that leans on the private parts of Keras and TensorFlow, which a new release may move.

configuration  what Keras is told before it starts, by a variable or its file
start          starts TensorFlow without a log line
graph          reads how the layers of a model are wired
ends           tells whether a model ends in a softmax or a sigmoid, and takes it away
cut            builds the part of a model that leads to a layer
get_file       hands Keras Applications its files
fitting        knows what a running `fit` works on
operations     turns away TensorFlow's operations, in a forked child

No other room touches a private part; `tests/test_keras_inside.py` states what each must do.
"""
