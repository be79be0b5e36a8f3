"""All that leans on Keras' private parts, in one room; `tests/test_keras_inside.py` guards it."""
