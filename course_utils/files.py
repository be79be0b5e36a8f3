"""Files that are written whole or not at all."""

import contextlib
import glob
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

SECONDS_UNTIL_LEFT_OVER = 24 * 60 * 60


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a new, empty file beside `path`, which takes its place when the block ends.

    What a killed process left there goes with the next file of that name, a day later.
    An error in the block, a full disk among them, leaves `path` as it was and nothing beside it.
    Permissions are those of the file that is replaced; a new file gets the usual ones.

    >>> with replacing(Path("page.html")) as beside:
    ...     _ = beside.write_text("<p>All of it.")
    """
    path = Path(path).resolve()  # of a link, the file that it names
    beside = path.with_name(f".{path.stem}.{uuid.uuid4().hex}{path.suffix}")
    _remove_left_over(path)
    beside.touch(exist_ok=False)
    try:
        if path.exists():
            shutil.copymode(path, beside)
        yield beside
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def write_text(text: str, path: Path) -> None:
    """Write a text whole or not at all; its folder is made where there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as beside:
        beside.write_text(text, encoding="utf-8")


def _remove_left_over(path: Path) -> None:
    """Remove the files beside `path` whose process was killed long ago, so that none is at work."""
    names = f".{glob.escape(path.stem)}.{'[0-9a-f]' * 32}{glob.escape(path.suffix)}"
    for other in path.parent.glob(names):
        with contextlib.suppress(OSError):  # another process was quicker, or it is another user's
            if time.time() - other.stat().st_mtime > SECONDS_UNTIL_LEFT_OVER:
                other.unlink()
