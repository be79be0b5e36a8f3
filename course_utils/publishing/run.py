"""Run notebooks without a front end, and renew their outputs."""

import asyncio
import os
import re
import tempfile
from pathlib import Path

from course_utils import settings
from course_utils.publishing import live, notebooks, used
from course_utils.reader.progress import Progress

import nbformat
from nbformat import NotebookNode

RENEWED = settings.build_dir() / "renewed"

_ANSI = re.compile(r"\x1b\[[0-9;]*m")


def execute(path: Path, **environment: str) -> NotebookNode:
    """Run a notebook from the top in a fresh kernel and return it with its new outputs.

    environment: variables for the kernel beside those of this process. The kernel is this
    Python's, whatever the notebook was saved with.
    Raises RuntimeError, naming notebook and cell, if a cell fails; the file is not touched.
    """
    from course_utils.publishing.kernel import ThisPython

    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError

    notebook = nbformat.read(path, as_version=4)
    bar = Progress(len(notebook.cells), path.name)
    client = NotebookClient(
        notebook,
        timeout=None,
        kernel_manager_class=ThisPython,
        kernel_name="python3",
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(_place_to_work(path))}},
        on_cell_execute=lambda cell, cell_index: bar.update(cell_index, f"cell {cell_index}"),
    )
    try:
        _execute(client, {**os.environ, **environment})
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


def _place_to_work(path: Path) -> Path:
    """Return the folder in which a notebook runs, and may write: no installed package's."""
    is_installed = settings.checkout() is None and path.parent == notebooks.FOLDER
    return Path.cwd() if is_installed else path.parent


def _execute(client, environment: dict[str, str]) -> None:
    """Let nbclient run its notebook; Ctrl-C ends the kernel and raises KeyboardInterrupt.

    nbclient's own answer to Ctrl-C is to report that the kernel died.
    """

    def refuse(*_):
        raise RuntimeError("Ctrl-C is answered here")  # as it is told outside the main thread

    async def execute():
        work = asyncio.ensure_future(client.async_execute(env=environment))
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError:
            if client.km and client.km.has_kernel:
                await client.km.shutdown_kernel(now=True)
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            raise

    with asyncio.Runner() as runner:
        runner.get_loop().add_signal_handler = refuse
        runner.run(execute())


def without_colours(text: str) -> str:
    """Return text without the codes with which a terminal colours it."""
    return _ANSI.sub("", text)


def _without_traces(notebook):
    """Remove what differs from machine to machine, and displays that were emptied at the end."""
    live.keep(notebook)
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
                output.get("data", {}).pop(live.VIEW, None)
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


def renew(names: tuple[str, ...] = ()) -> None:
    """Run notebooks and write their outputs into them.

    names: beginnings of file names, as "01"; none means all. In the full profile and on the real
    data, trained weights become the checkpoints that come with the course, and numbers that were
    compared become the course's; where all notebooks were run, those of which none made use are
    removed. Raises RuntimeError, after the last notebook, where one was changed meanwhile;
    ValueError where the course is installed, and there is no project to renew.
    """
    if settings.checkout() is None:
        raise ValueError("This course is installed: its notebooks are renewed in the project.")
    ships = (settings.profile().name, settings.data_policy()) == ("full", "real")
    changed = []
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "used.jsonl"
        for path in notebooks.choose(names):
            if not _renew_one(path, _shipping(told) if ships else {}):
                changed.append(path.name)
            elif ships:
                used.keep_numbers(used.read(told)[1], used.MEASURED)
        if ships and not names and not changed:
            _remove_unused(*used.read(told))
    if changed:
        raise RuntimeError(
            f"{' and '.join(changed)} changed while running and stays as it is now: what was run "
            f"is in {os.path.relpath(RENEWED)}; run again for the outputs of the new text."
        )


def _shipping(told: Path) -> dict[str, str]:
    """Return the settings with which a kernel writes the course's own checkpoints."""
    checkpoints = settings.shipped_checkpoints_dir()
    return {"COURSE_CHECKPOINTS": str(checkpoints), "COURSE_USED": str(told)}


def _renew_one(path: Path, environment: dict[str, str]) -> bool:
    """Run a notebook and save it; if it was changed meanwhile, save elsewhere and return False."""
    before = path.read_bytes()
    notebook = execute(path, **environment)
    if not path.exists() or path.read_bytes() != before:
        RENEWED.mkdir(parents=True, exist_ok=True)
        live.store(notebook, path.stem, RENEWED)
        notebooks.save(notebook, RENEWED / path.name)
        return False
    live.store(notebook, path.stem)
    notebooks.save(notebook, path)
    print(f"{path.name}: outputs renewed")
    return True


def _remove_unused(models: set[str], numbers: dict[str, float]) -> None:
    used.forget_others(numbers, used.MEASURED)
    if removed := used.remove_others(models, settings.shipped_checkpoints_dir()):
        print(f"Checkpoints that no notebook used were removed: {', '.join(removed)}")
