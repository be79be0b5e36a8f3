"""Files that are written whole or not at all."""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a new, empty file beside `path`, which takes its place when the block ends.

    An error in the block, a full disk among them, leaves `path` as it was and nothing beside it.
    Permissions are those of the file that is replaced; a new file gets the usual ones.

    >>> with replacing(Path("page.html")) as beside:
    ...     _ = beside.write_text("<p>All of it.")
    """
    path = Path(path).resolve()  # of a link, the file that it names
    beside = path.with_name(f".{path.stem}.{uuid.uuid4().hex}{path.suffix}")
    beside.touch(exist_ok=False)
    try:
        if path.exists():
            shutil.copymode(path, beside)
        yield beside
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
