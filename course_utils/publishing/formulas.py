"""Formulas as MathML, which browsers show by themselves."""

import copy
import re

from nbformat import NotebookNode

_FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<![\\$])\$(?!\s)([^$\n]+?)(?<!\s)\$", re.DOTALL)
_CODE = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)


def with_mathml(notebook: NotebookNode) -> NotebookNode:
    """Return a copy of a notebook with the formulas of its prose as MathML."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = formulas_to_mathml(cell.source)
    return notebook


def formulas_to_mathml(text: str) -> str:
    """Return Markdown with its LaTeX formulas as MathML.

    Raises ValueError, naming it, for a formula that is not complete.
    """
    parts = _CODE.split(text)
    parts[::2] = [_FORMULA.sub(_to_mathml, part) for part in parts[::2]]
    return "".join(parts)


def _to_mathml(match: re.Match) -> str:
    from latex2mathml.converter import convert

    try:
        if match[1]:
            return convert(match[1].strip(), display="block")
        return convert(match[2])
    except Exception as problem:  # a kind for each fault, without words
        raise ValueError(
            f"The formula {match[0]} cannot be set ({type(problem).__name__}): "
            "a bracket, a script or an end may be missing."
        ) from problem
