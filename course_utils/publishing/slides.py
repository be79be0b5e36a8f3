"""Write the notebooks as slides: reveal.js in a folder that needs no network, and as PDF files.

The slides show what the notebooks hold: nothing is run. What starts a slide, stays out or is a
note for the speaker (key S) stands in each cell's slide metadata. What does not fit on one slide
goes on on the next; what is too tall for any is made smaller: see `templates/slides`.
"""

import hashlib
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from course_utils import files, settings
from course_utils.publishing import live, notebooks
from course_utils.publishing.formulas import with_mathml
from course_utils.publishing.render import TEMPLATES, render

import nbformat
from nbformat import NotebookNode

SLIDES = settings.build_dir() / "slides"
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


def write(names: tuple[str, ...] = (), folder: Path = SLIDES) -> None:
    """Write a page of slides and a PDF file for each notebook, and an index.

    names: beginnings of file names, as "01"; none means all. Raises RuntimeError where reveal.js
    cannot be fetched; without a Chromium there are no PDF files, and a sentence says so.
    """
    folder.mkdir(parents=True, exist_ok=True)
    fetch_reveal(folder / "reveal")
    browser, entries = find_browser(), []
    for path in notebooks.choose(names):
        notebook = live.restore(nbformat.read(path, as_version=4), path.stem)
        page = folder / f"{path.stem}.html"
        files.write_text(to_html(notebook), page)
        entries.append((page.name, notebooks.title_of(notebook), notebooks.promise_of(notebook)))
        if browser:
            print_pdf(browser, page)
        print(f"{path.name}: slides written")
    files.write_text(render("slides/list.html.j2", entries=entries), folder / "index.html")
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
            "--generate-pdf-document-outline",
            f"--print-to-pdf={target}",
            f"{page.resolve().as_uri()}?print-pdf",
        ]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # Chromium has none for the superuser
        result = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if not target.exists():
        raise RuntimeError(f"{Path(browser).name} wrote no {target.name}: {result.stderr[-300:]}")
    return target


def to_html(notebook: NotebookNode) -> str:
    """Return the slides of a notebook as a page that expects reveal.js in the folder `reveal`.

    Sections that are marked as deeper are left out.
    """
    from nbconvert import SlidesExporter
    from traitlets.config import Config

    exporter = SlidesExporter(
        extra_template_basedirs=[str(TEMPLATES)],
        template_name="slides",
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
        config=Config({"CSSHTMLHeaderPreprocessor": {"style": "default"}}),
    )
    exporter.register_filter("unfold", _unfold)
    exporter.register_filter("alt_text", _alt_text)
    page, _ = exporter.from_notebook_node(
        live.to_html(with_mathml(notebooks.without_deeper(notebook))),
        resources={"metadata": {"name": notebooks.title_of(notebook)}},
    )
    return live.enliven(page)


def _unfold(note: str) -> str:
    """Return a note for the speaker, folded away in a notebook, as it is open on her screen."""
    return re.sub(r"</?details>|<summary>.*?</summary>", "", note).strip()


def _alt_text(output) -> str:
    """Return the words that come with a picture; a bare `<Figure size ...>` says nothing."""
    words = output.data.get("text/plain", "")
    return "A picture without a description" if words.startswith("<") or not words else words
