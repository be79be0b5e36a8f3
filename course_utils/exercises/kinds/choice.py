"""A question with options to choose from."""

import numbers
import re
from typing import Any

from course_utils.exercises.kinds.question import Question, Verdict
from course_utils.exercises.kinds.words import describe


class Choice(Question):
    """One option of several; where `reasons` are given, together with the number of the reason."""

    def __init__(
        self,
        title: str,
        *,
        options: dict[str, str],
        right: str | tuple[str, int],
        reasons: dict[int, str] | None = None,
        **others: Any,
    ):
        others.setdefault("solution", f"answer = {right!r}")
        super().__init__(title, **others)
        self.options, self.right, self.reasons = options, right, reasons or {}

    def _judge(self, answer):
        chosen, problem = self._read(answer)
        if problem:
            return Verdict("wrong", problem)
        if chosen == self.right:
            letter = chosen[0] if self.reasons else chosen
            return self._right(f"{letter}) {self.options[letter]}.")
        return self._wrong(chosen, self._tell_apart(chosen))

    def _read(self, answer) -> tuple:
        """Return the answer in the form of `right`, or a sentence about its form."""
        letters, found = _letters_and_numbers(answer)
        if len(letters) != 1 or letters[0] not in self.options:
            known = f"{describe(answer)} is none of the options: {', '.join(self.options)}"
            return None, f"{known} (in quotes)."
        if not self.reasons:
            return letters[0], ""
        if not found:
            form = f'answer = "{next(iter(self.options))}", 1'
            return None, f"give the letter and the number of the reason, as in {form}."
        if len(found) > 1 or found[0] not in self.reasons:
            known = ", ".join(map(str, self.reasons))
            return None, f"{describe(answer)} has no reason of this list: {known}."
        return (letters[0], found[0]), ""

    def _same(self, answer, wrong):
        return answer == wrong or (self.reasons and isinstance(wrong, str) and answer[0] == wrong)

    def example(self, wrong: Any) -> Any:
        if self.reasons and isinstance(wrong, str):
            return wrong, next(iter(self.reasons))
        return wrong

    def _tell_apart(self, chosen) -> str:
        if self.reasons and chosen[0] == self.right[0]:
            return f"{chosen[0]} is the right choice, but reason {chosen[1]} does not explain it."
        letter = chosen[0] if self.reasons else chosen
        return f"{letter}) {self.options[letter]}: no. A call of hint() helps."


def _letters_and_numbers(answer) -> tuple[list, list]:
    """Return the words and the whole numbers of an answer, however they are put together.

    "b", ("b", 2), (2, "b"), "b)", "b2" and "b, 2" are all read.
    """
    parts = answer if isinstance(answer, tuple | list) else (answer,)
    letters, found = [], []
    for part in parts[:9]:
        if isinstance(part, str):
            letters += [word.lower() for word in re.findall(r"[^\W\d_]+", part[:99])]
            found += [int(digits) for digits in re.findall(r"[0-9]+", part[:99])]
        elif isinstance(part, numbers.Real) and not isinstance(part, bool) and part % 1 == 0:
            found.append(int(part))
        else:
            letters.append("?")
    return letters, found
