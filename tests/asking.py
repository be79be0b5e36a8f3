"""What the tests of the exercises share: all questions by place, and an object that resists."""

from course_utils import exercises

QUESTIONS = {  # by notebook and name: "02 q11"
    f"{module[2:4]} {name}": question
    for module in exercises.modules()
    for name, question in exercises.questions_of(module).items()
}


class Resisting:
    """Raises at whatever is asked of it."""

    def __getattr__(self, name):
        raise KeyboardInterrupt(name)

    def __eq__(self, other):
        raise RuntimeError("no comparison")

    __hash__ = None
    __len__ = __iter__ = __float__ = __bool__ = __str__ = __repr__ = __array__ = __eq__
