"""One progress bar for notebooks and terminals that leaves nothing behind when it is done."""

import html
import shutil
import sys
import time

from course_utils.reader.notices import in_notebook, write_line


class Progress:
    """Show how far a long job has come; `close` leaves one line of text, or nothing.

    total: steps of the job; label: what the job is, in a few words. In a notebook the bar is an
    HTML `<progress>` element that screen readers announce; in a terminal it is one rewritten
    line; where output goes to a file, only the closing line is written.
    """

    SECONDS_BETWEEN_UPDATES = 0.2

    def __init__(self, total: int, label: str):
        self.total, self.label = max(int(total), 1), label
        self._handle = _notebook_handle()
        self._terminal = self._handle is None and sys.stderr.isatty()
        self._last = 0.0

    def is_due(self) -> bool:
        """Tell whether the last picture is old enough for a new one."""
        return time.monotonic() - self._last >= self.SECONDS_BETWEEN_UPDATES

    def update(self, done: float, text: str = "") -> None:
        """Show `done` of `total` steps and a short text; calls in quick succession are skipped."""
        if not self.is_due():
            return
        self._last = time.monotonic()
        share = min(done / self.total, 1.0)
        if self._handle:
            self._handle.update(_bar(share, self.label, text), raw=True)
        elif self._terminal:
            filled = int(20 * share)
            line = f"{self.label} [{'=' * filled:<20}] {share:4.0%} {text}"
            self._rewrite(line)

    def close(self, text: str = "") -> None:
        """Replace the bar by `text`."""
        if self._handle:
            self._handle.update({"text/plain": text}, raw=True)
            return
        if self._terminal:
            self._rewrite("")
            write_line("\r", sys.stderr, end="")
        if text:
            write_line(text)

    def _rewrite(self, line: str) -> None:
        """Put a line in the place of the last; the terminal may have become narrower."""
        width = min(100, shutil.get_terminal_size().columns - 1)  # in the last column some break
        write_line(f"\r{line[:width]:<{width}}", sys.stderr, end="")


def _notebook_handle():
    """Return a display handle where a notebook front end listens, else None."""
    if not in_notebook():
        return None
    from IPython.display import display

    return display({"text/plain": ""}, raw=True, display_id=True)


def _bar(share: float, label: str, text: str) -> dict[str, str]:
    words = f"{label}: {share:.0%} {text}"
    shown = html.escape(words)
    bar = f'<progress value="{share:.3f}" max="1" aria-label="{shown}"></progress>'
    return {"text/html": f"{bar} <small>{shown}</small>", "text/plain": words}
