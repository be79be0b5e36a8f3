"""The course as a book: one EPUB, and one PDF where there is a Chromium, both by way of Sphinx."""

import base64
import io
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

from course_utils.publishing import glossary, live, notebooks, questions, slides
from course_utils.publishing.formulas import with_mathml
from course_utils.publishing.render import TEMPLATES, render

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

NAME = "convolutional_networks"
_PICTURE = re.compile(r"data:image/(\w+);base64,(.*)", re.DOTALL)

Build = Callable[[Path, Path, str], None]  # source, folder, Sphinx's builder


def names() -> dict[str, str]:
    """Return the kinds of book that this machine can make, each with the name of its file."""
    kinds = {"EPUB": f"{NAME}.epub"}
    return kinds | ({"PDF": f"{NAME}.pdf"} if slides.find_browser() else {})


def write(books: dict[str, NotebookNode], folder: Path, work: Path, build: Build) -> None:
    """Write EPUB and PDF into a folder, with Sphinx at work in the folder `work`."""
    source = work / "book"
    write_source(books, source)
    build(source, work / "epub", "epub")
    folder.mkdir(parents=True, exist_ok=True)
    declare_formulas(work / f"epub/{NAME}.epub", folder / f"{NAME}.epub")
    if browser := slides.find_browser():
        build(source, work / "single", "singlehtml")
        printed = slides.print_pdf(browser, work / "single/index.html")
        shutil.copy(printed, folder / f"{NAME}.pdf")
    else:
        print("There is no PDF file: it needs Chromium or Chrome, and neither was found.")


def declare_formulas(epub: Path, target: Path) -> None:
    """Copy an EPUB and say in its list which pages hold MathML, as the standard asks."""
    with zipfile.ZipFile(epub) as old, zipfile.ZipFile(target, "w") as new:
        pages = [entry.filename for entry in old.infolist() if entry.filename.endswith(".xhtml")]
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "content.opf":
                for page in [page for page in pages if b"<math" in old.read(page)]:
                    item = f'href="{page}"'.encode()
                    content = content.replace(item, item + b' properties="mathml"')
            new.writestr(entry, content)


def write_source(books: dict[str, NotebookNode], folder: Path) -> None:
    """Write what Sphinx reads: a chapter for each notebook, the glossary, the pictures."""
    (folder / "_extra/pictures").mkdir(parents=True)
    for name, notebook in books.items():
        notebooks.save(to_chapter(notebook, name, folder), folder / f"{name}.ipynb")
    pages = {
        "index": render("site/book/index.md.j2", names=list(books)),
        "glossary": render("site/glossary.md.j2", terms=glossary.read(books)),
    }
    for name, page in pages.items():
        (folder / f"{name}.md").write_text(page, encoding="utf-8")
    for name in ("conf.py", "book.css"):
        shutil.copy(TEMPLATES / "site/book" / name, folder)


def to_chapter(notebook: NotebookNode, name: str, folder: Path) -> NotebookNode:
    """Return a notebook for reading: pictures as files, solutions at the end, nothing that moves.

    The pictures go to `_extra/pictures` in the folder.
    """
    chapter = with_mathml(notebook)
    chapter.cells = [cell for cell in chapter.cells if not notebooks.is_note(cell)]
    for _, data in live.outputs_of(chapter):
        if explorer := data.pop(live.EXPLORER, None):
            what = explorer["name"].replace("-", " ")
            data["text/html"] = f"<p><em>To try out on the website: {what}.</em></p>"
        elif "text/html" in data:
            data["text/html"] = to_still(data["text/html"], f"pictures/{name}", folder / "_extra")
    asked = questions.of_notebook(name)
    for cell in chapter.cells:
        if cell.cell_type == "code" and questions.CHECK.search(cell.source):
            cell.outputs = []
        cell.metadata = {}
    if asked:
        solved = [f"### {n} · {q.title}\n\n{questions.solve(q)}" for n, q in asked.items()]
        chapter.cells += [new_markdown_cell(text) for text in ["## Solutions", *solved]]
    return chapter


def to_still(html: str, stem: str, folder: Path) -> str:
    """Return an output as XHTML: of a player its filmstrip; pictures become files.

    stem: how the addresses of the pictures begin; folder: where they are seen from.
    """
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(html, "html.parser")
    for frame in soup.find_all("iframe"):
        frame.unwrap()
    for picture in soup.find_all("img"):
        if found := _PICTURE.fullmatch(picture["src"]):
            number = len(list(folder.glob(f"{stem}_*"))) + 1
            place = f"{stem}_{number:02}"
            picture["src"] = _save(found[1], base64.b64decode(found[2]), place, folder)
    return soup.decode(formatter="minimal")


def _save(kind, content, place, folder):
    """Save a picture; return its address. WebP becomes JPEG: a PDF holds only that in few bytes."""
    from PIL import Image

    if kind != "webp":
        (folder / f"{place}.{kind}").write_bytes(content)
        return f"{place}.{kind}"
    photo = Image.open(io.BytesIO(content)).convert("RGB")
    photo.save(folder / f"{place}.jpeg", quality=88, subsampling=0)
    return f"{place}.jpeg"
