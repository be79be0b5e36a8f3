"""Run the course's notebooks without a front end, and write them as pages.

A page is one HTML file that needs no network: figures are inside, formulas are MathML.
"""

import copy
import html
import os
import re
import tempfile
import time
from pathlib import Path

from course_utils import checkpoints, settings
from course_utils.progress import Progress

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
PAGES = NOTEBOOKS.parent / "build" / "course"

_FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<![\\$])\$(?!\s)([^$\n]+?)(?<!\s)\$", re.DOTALL)
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_CODE = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)


def find_notebooks(folder: Path = NOTEBOOKS) -> list[Path]:
    """Return the numbered notebooks in order."""
    return sorted(Path(folder).glob("[0-9][0-9]_*.ipynb"))


def choose(names: tuple[str, ...] = ()) -> list[Path]:
    """Return the notebooks whose file names begin so, as "01"; none means all of them.

    Raises ValueError where there is none.
    """
    chosen = [path for path in find_notebooks() if not names or path.name.startswith(names)]
    if not chosen:
        raise ValueError(f"No notebook in {NOTEBOOKS} begins with {' or '.join(names)}.")
    return chosen


def execute(path: Path, **environment: str):
    """Run a notebook from the top in a fresh kernel and return it with its new outputs.

    environment: variables for the kernel beside those of this process.
    Raises RuntimeError, naming notebook and cell, if a cell fails; the file is not touched.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError

    notebook = nbformat.read(path, as_version=4)
    bar = Progress(len(notebook.cells), path.name)
    client = NotebookClient(
        notebook,
        timeout=None,
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_execute=lambda cell, cell_index: bar.update(cell_index, f"cell {cell_index}"),
    )
    try:
        client.execute(env={**os.environ, **environment})
    except CellExecutionError as problem:
        raise RuntimeError(
            f"{path.name} stopped at {problem.ename}: {problem.evalue}\n"
            f"in a cell that is in this traceback:\n{without_colours(str(problem))}"
        ) from problem
    except DeadKernelError as problem:
        raise RuntimeError(
            f"{path.name}: the kernel died; there may be too little memory, so close other "
            "notebooks and run again."
        ) from problem
    finally:
        bar.close()
    return _without_traces(notebook)


def _without_traces(notebook):
    """Remove what differs from machine to machine, and displays that were emptied at the end."""
    notebook.metadata.pop("widgets", None)
    notebook.metadata["kernelspec"] = {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    }
    notebook.metadata["language_info"] = {"name": "python"}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            shown = [o for o in cell.outputs if o.get("data") != {"text/plain": ""}]
            cell.outputs = _join_streams(shown)
            for output in cell.outputs:  # a widget of a kernel that has ended; its words stay
                output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
    return notebook


def _join_streams(outputs):
    """Join what was printed in a row: how it arrived, in one piece or three, is chance."""
    joined = []
    for output in outputs:
        if joined and output.get("name") == joined[-1].get("name", ""):
            joined[-1].text += output.text
        else:
            joined.append(output)
    return joined


def save(notebook, path: Path) -> None:
    """Write a notebook whole or not at all."""
    import nbformat

    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            nbformat.write(notebook, file)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    finally:
        Path(temporary).unlink(missing_ok=True)


def write_page(notebook, path: Path) -> None:
    """Write an executed notebook as one HTML file that needs no network."""
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        mathjax_url="",
        require_js_url="",
        jquery_url="",
        html_manager_semver_range="",
        jupyter_widgets_base_url="",
    )
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = with_mathml(cell.source)
    body, _ = exporter.from_notebook_node(
        notebook, resources={"metadata": {"name": title_of(notebook)}}
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(re.sub(r'<script src="[^"]*"></script>', "", body), encoding="utf-8")


def with_mathml(text: str) -> str:
    """Return Markdown with its LaTeX formulas as MathML, which browsers show by themselves."""
    from latex2mathml.converter import convert

    def formula(match):
        if match[1]:
            return convert(match[1].strip(), display="block")
        return convert(match[2])

    parts = _CODE.split(text)
    parts[::2] = [_FORMULA.sub(formula, part) for part in parts[::2]]
    return "".join(parts)


def without_colours(text: str) -> str:
    """Return text without the codes with which a terminal colours it."""
    return _ANSI.sub("", text)


def title_of(notebook) -> str:
    """Return the text of a notebook's first heading."""
    return notebook.cells[0].source.split("\n")[0].lstrip("# ").strip()


def write_index(entries: list[tuple[str, str, str]], path: Path) -> None:
    """Write the list of pages: (file name, title, promise) for each."""
    items = "\n".join(
        f'<li><a href="{html.escape(name)}">{html.escape(title)}</a><p>{html.escape(promise)}</p>'
        for name, title, promise in entries
    )
    path.write_text(
        "<!DOCTYPE html>\n<html lang='en'><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width'>"
        "<title>Convolutional networks: the course</title>"
        "<style>body{font:17px/1.5 system-ui,sans-serif;max-width:42em;margin:3em auto;"
        "padding:0 1em;color:#222}a{color:#0072B2;font-weight:600}p{margin:.1em 0 1em}</style>"
        f"<h1>Convolutional networks: the course</h1>\n<ul>\n{items}\n</ul></html>\n",
        encoding="utf-8",
    )


def promise_of(notebook) -> str:
    """Return the one-sentence promise below a notebook's title, without its markup."""
    paragraphs = notebook.cells[0].source.split("\n\n")
    return re.sub(r"[*_`]", "", paragraphs[1]).replace("\n", " ") if len(paragraphs) > 1 else ""


def _keep_checkpoints() -> dict[str, str]:
    """Return the setting with which `training.fit` writes the course's own checkpoints."""
    if (settings.profile().name, settings.data_policy()) != ("full", "real"):
        return {}
    return {"COURSE_CHECKPOINTS": str(settings.shipped_checkpoints_dir())}


def run(in_place: bool = False, names: tuple[str, ...] = ()) -> None:
    """Execute the notebooks; write pages and an index, or (in place) the notebooks themselves.

    names: beginnings of file names, as "01"; none means all. In place, in the full profile and
    on the real data, the trained weights become the checkpoints that come with the course; those
    that no notebook made this time are removed.
    """
    entries, start = [], time.time()
    environment = _keep_checkpoints() if in_place else {}
    for path in choose(names):
        notebook = execute(path, **environment)
        if in_place:
            save(notebook, path)
            print(f"{path.name}: outputs renewed")
        else:
            write_page(notebook, PAGES / f"{path.stem}.html")
            entries.append((f"{path.stem}.html", title_of(notebook), promise_of(notebook)))
            print(f"{path.name}: page written")
    if environment and not names:
        checkpoints.remove_older(settings.shipped_checkpoints_dir(), start)
    if entries:
        write_index(entries, PAGES / "index.html")
        print(f"Open {os.path.relpath(PAGES / 'index.html')} in a browser.")
