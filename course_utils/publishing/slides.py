"""Write the notebooks as slides: reveal.js in a folder that needs no network, and as PDF files.

The slides show what the notebooks hold: nothing is run. What starts a slide, stays out or is a
note for the speaker (key S) stands in each cell's slide metadata. What does not fit on one slide
goes on on the next; what is too tall for any is made smaller: see `slides.js`.
"""

import hashlib
import html
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from importlib import resources
from pathlib import Path

from course_utils import course

SLIDES = course.NOTEBOOKS.parent / "build" / "slides"
REVEAL = "reveal.js@6.0.2"
REVEAL_SHA512 = (
    "258220e43f5aa31a1a2de6fce0ef8ebc0c2c2967486af56010349cc6d6045c50"
    "93eade9342b84db5282881c8dd0a974bb168258499f7cf21377d43b0887e4a12"
)
REVEAL_FILES = ("dist/reveal.js", "dist/reveal.css", "dist/plugin/notes.js", "LICENSE")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
IN_JUPYTERLAB = "<p class='live'>Live in JupyterLab: change the values there.</p>"


def write(names: tuple[str, ...] = (), folder: Path = SLIDES) -> None:
    """Write a page of slides and a PDF file for each notebook, and an index.

    names: beginnings of file names, as "01"; none means all. Raises RuntimeError where reveal.js
    cannot be fetched; without a Chromium there are no PDF files, and a sentence says so.
    """
    import nbformat

    folder.mkdir(parents=True, exist_ok=True)
    fetch_reveal(folder / "reveal")
    browser, entries = find_browser(), []
    for path in course.choose(names):
        notebook = nbformat.read(path, as_version=4)
        page = folder / f"{path.stem}.html"
        page.write_text(to_html(notebook), encoding="utf-8")
        entries.append((page.name, course.title_of(notebook), course.promise_of(notebook)))
        if browser:
            print_pdf(browser, page)
        print(f"{path.name}: slides written")
    course.write_index(entries, folder / "index.html")
    print(f"Open {os.path.relpath(folder / 'index.html')} in a browser.")
    if not browser:
        print("There are no PDF files: they need Chromium or Chrome, and neither was found.")


def fetch_reveal(folder: Path) -> None:
    """Put the files of reveal.js into `folder`; npm fetches them the first time.

    Raises RuntimeError without npm, without a network, or if what arrived is not that release.
    """
    if all((folder / Path(name).name).exists() for name in REVEAL_FILES):
        return
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError("The slides need npm to fetch reveal.js once: install Node.js.")
    with tempfile.TemporaryDirectory() as temporary:
        command = [npm, "pack", REVEAL, "--silent", "--pack-destination", temporary]
        result = subprocess.run(command, capture_output=True, text=True)
        archives = list(Path(temporary).glob("*.tgz"))
        if result.returncode or not archives:
            reason = result.stderr.strip()[-300:] or "no reason given"
            raise RuntimeError(
                f"npm could not fetch {REVEAL} ({reason}): "
                "run `make slides` once where there is a network."
            )
        if hashlib.sha512(archives[0].read_bytes()).hexdigest() != REVEAL_SHA512:
            raise RuntimeError(f"What npm fetched is not {REVEAL}: its SHA-512 differs.")
        _unpack(archives[0], folder)


def _unpack(archive: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as files:
        for name in REVEAL_FILES:
            content = files.extractfile(f"package/{name}").read()
            (folder / Path(name).name).write_bytes(content)


def find_browser() -> str | None:
    """Return the path of Chromium or Chrome on this machine, or None."""
    found = [shutil.which(name) for name in BROWSERS]
    found += [path for path in APPLICATIONS if Path(path).exists()]
    return next((path for path in found if path), None)


def print_pdf(browser: str, page: Path) -> Path:
    """Print a page of slides to a PDF file beside it, one slide a page.

    Raises RuntimeError if the browser writes none.
    """
    target = page.with_suffix(".pdf")
    target.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        command = [
            browser,
            "--headless",
            "--disable-gpu",
            "--no-first-run",
            f"--user-data-dir={profile}",
            "--no-pdf-header-footer",
            f"--print-to-pdf={target}",
            f"{page.resolve().as_uri()}?print-pdf",
        ]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # Chromium has none for the superuser
        result = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if not target.exists():
        raise RuntimeError(f"{Path(browser).name} wrote no {target.name}: {result.stderr[-300:]}")
    return target


def to_html(notebook) -> str:
    """Return the slides of a notebook as a page that expects reveal.js in the folder `reveal`."""
    from pygments.formatters import HtmlFormatter

    title = course.title_of(notebook)
    values = {
        "TITLE": html.escape(title),
        "STYLE": _read("slides.css") + HtmlFormatter(style="default").get_style_defs(".highlight"),
        "SLIDES": "\n".join(f"<section>\n{column}\n</section>" for column in _columns(notebook)),
        "SCRIPT": _read("slides.js"),
    }
    page = _PAGE
    for name, value in values.items():
        page = page.replace(f"@{name}@", value)
    return page


def _read(name: str) -> str:
    return resources.files("course_utils").joinpath(name).read_text(encoding="utf-8")


def _columns(notebook) -> list[str]:
    """Return the inside of each column: its slides, one below the other."""
    columns = []
    for cell in notebook.cells:
        kind = cell.metadata.get("slideshow", {}).get("slide_type", "-")
        if kind == "skip":
            continue
        if kind == "slide" or not columns:
            columns.append([[]])
        elif kind == "subslide":
            columns[-1].append([])
        columns[-1][-1].append(_block(cell, kind))
    return [
        "\n".join(f"<section>\n{''.join(blocks)}</section>" for blocks in column)
        for column in columns
    ]


def _block(cell, kind: str) -> str:
    """Return a cell as HTML: prose, code with its outputs, or a note for the speaker."""
    if kind == "notes":  # folded away in a notebook, open on the speaker's screen
        text = re.sub(r"</?details>|<summary>.*?</summary>", "", cell.source)
        return f"<aside class='notes'>{_markdown(text.strip())}</aside>\n"
    if cell.cell_type == "code":
        shown = f"<div class='code'>{_highlight(cell.source)}</div>"
        outputs = "".join(map(_output, cell.outputs))
        shown += f"<div class='output'>{outputs}</div>" if outputs else ""
    else:
        shown = f"<div class='prose'>{_markdown(cell.source)}</div>"
    return f"<div class='block{' fragment' if kind == 'fragment' else ''}'>{shown}</div>\n"


def _markdown(text: str) -> str:
    from nbconvert.filters import markdown2html

    return markdown2html(course.with_mathml(text))


def _highlight(code: str) -> str:
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return highlight(code, PythonLexer(), HtmlFormatter())


def _output(output) -> str:
    if output.output_type == "stream":
        return f"<pre>{html.escape(course.without_colours(output.text))}</pre>"
    if output.output_type == "error":
        return f"<pre>{html.escape(output.ename)}: {html.escape(output.evalue)}</pre>"
    if "application/vnd.jupyter.widget-view+json" in output.data:
        return IN_JUPYTERLAB
    if "text/html" in output.data:
        return f"<div>{output.data['text/html']}</div>"
    text = course.without_colours(output.data.get("text/plain", ""))
    return f"<pre>{html.escape(text)}</pre>" if text else ""


_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>@TITLE@</title>
<link rel="stylesheet" href="reveal/reveal.css">
<style>
@STYLE@
</style>
</head>
<body class="fitting">
<div class="reveal">
<div class="slides">
@SLIDES@
</div>
<p class="running">@TITLE@</p>
</div>
<script src="reveal/reveal.js"></script>
<script src="reveal/notes.js"></script>
<script>
@SCRIPT@
</script>
</body>
</html>
"""
