"""What Sphinx reads of the website: pages, glossary, instructors' pages, documented functions."""

import base64
import inspect
import io
import re
import zipfile
from xml.etree import ElementTree

from course_utils import exercises
from course_utils.publishing import (
    book,
    formulas,
    glossary,
    instructors,
    live,
    notebooks,
    reference,
    render,
    run,
    site,
)

import pytest
from nbformat import v4
from PIL import Image


@pytest.fixture(scope="module")
def books():
    return site.read_committed()


def tiny(*cells):
    first = v4.new_markdown_cell("# 1 · Tiny\n\nA *promise*.\n\nAbout 5 minutes. $x^2$")
    return v4.new_notebook(cells=[first, *cells])


# ---- formulas and lists


def test_formulas_are_set_but_not_in_code():
    text = formulas.formulas_to_mathml("Of $n$ pixels, `$n$` and\n\n$$n^2$$")
    assert text.count("<math") == 2 and "`$n$`" in text and 'display="block"' in text


@pytest.mark.fault("a formula that is not complete")
@pytest.mark.parametrize("formula", ["$x^{$", "$$x_1_2$$", r"$\left( x$"])
def test_a_formula_that_is_not_complete_is_named(formula):
    with pytest.raises(ValueError, match="cannot be set") as told:
        formulas.formulas_to_mathml(f"Of {formula} pixels")
    assert f"The formula {formula} " in str(told.value)


@pytest.mark.fault("a title with tags")
def test_a_list_of_slides_escapes_what_it_lists():
    entries = [("a&b.html", "A < B", "<script>")]
    page = render.render("slides/list.html.j2", entries=entries)
    assert 'href="a&amp;b.html">A &lt; B</a><p>&lt;script&gt;</p>' in page


# ---- what Sphinx reads


def test_what_sphinx_reads_is_whole(tmp_path):
    site.write_source({"99_tiny": tiny(v4.new_code_cell("1 + 1"))}, tmp_path / "source")
    index = (tmp_path / "source/index.md").read_text()
    assert "[1 · Tiny](99_tiny.ipynb)" in index and "5 minutes" in index
    page = (tmp_path / "source/99_tiny.ipynb").read_text()
    assert "<math" in page
    script = (tmp_path / "source/_static/explorers.js").read_text()
    assert "modules.widget.showAll()" in script and "</" not in script


def test_a_question_is_followed_by_its_folded_solution():
    cell = v4.new_code_cell("answer = ...\nq7.check(answer)")
    cell.outputs = [v4.new_output("stream", text="Not answered yet")]
    asked, solution = site.to_page(tiny(cell), "01_dense_mnist").cells[1:]
    assert asked.outputs == [] and cell.outputs
    question = exercises.questions_of("nb01_dense_mnist")["q7"]
    assert solution.source.startswith("<details") and question.why in solution.source
    assert all(hint in solution.source for hint in question.hints)


def test_the_start_page_has_the_explorer_for_digits(books):
    assert '"name":"draw-digit"' in site.find_first(books)
    assert site.find_first({"99_tiny": tiny()}) == ""


def test_a_page_does_not_change_the_notebook(books):
    kinds = [set(data) for _, data in live.outputs_of(books["02_convnets"])]
    site.to_page(books["02_convnets"], "02_convnets")
    assert [set(data) for _, data in live.outputs_of(books["02_convnets"])] == kinds


# ---- fresh outputs, and a site that is whole or stays as it was


def test_only_what_was_named_is_run(monkeypatch, capsys):
    monkeypatch.setattr(run, "execute", lambda path: tiny())
    monkeypatch.setattr(site, "check_sphinx", lambda: None)
    books = site.run_fresh(("02",))
    assert list(books) == [path.stem for path in notebooks.find()]
    assert [len(books[name].cells) == 1 for name in list(books)[:3]] == [False, True, False]
    assert capsys.readouterr().out == "02_convnets.ipynb: was run\n"


def test_without_sphinx_a_sentence_says_how_to_get_it_before_anything_runs(monkeypatch):
    monkeypatch.setattr(site.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(RuntimeError, match="sh tools/setup site"):
        site.run_fresh()


@pytest.fixture
def built(monkeypatch, tmp_path):
    """Replace Sphinx by one line; the folder of a site that was there before."""

    def build(source, folder, builder):
        folder.mkdir()
        (folder / "index.html").write_text("new")

    monkeypatch.setattr(site, "check_sphinx", lambda: None)
    monkeypatch.setattr(site, "build", build)
    monkeypatch.setattr(site, "write_slides", lambda *_: False)
    monkeypatch.setattr(site.book, "write", lambda *_: None)
    (tmp_path / "site").mkdir()
    (tmp_path / "site/index.html").write_text("old")
    (tmp_path / "site/gone.html").write_text("old")
    return tmp_path / "site"


def test_a_new_site_takes_the_place_of_the_old_one(built):
    site.write({"99_tiny": tiny()}, built)
    assert [(path.name, path.read_text()) for path in built.iterdir()] == [("index.html", "new")]
    assert [path.name for path in built.parent.iterdir()] == ["site"]


@pytest.mark.fault("a full disk in `make run`")
def test_a_full_disk_leaves_the_site_as_it_was(built, monkeypatch):
    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(site, "build", fail)
    with pytest.raises(OSError, match="disk full"):
        site.write({"99_tiny": tiny()}, built)
    assert (built / "index.html").read_text() == (built / "gone.html").read_text() == "old"
    assert [path.name for path in built.parent.iterdir()] == ["site"]


def test_without_npm_there_is_a_site_without_slides(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(site.slides, "SLIDES", tmp_path)
    monkeypatch.setattr(site.slides.shutil, "which", lambda _: None)
    assert site.write_slides({}, tmp_path / "slides") is False
    assert "The website has no slides. The slides need npm" in capsys.readouterr().out


# ---- the book


def test_a_chapter_has_pictures_as_files_and_its_solutions_at_the_end(books, tmp_path):
    (tmp_path / "_extra/pictures").mkdir(parents=True)
    chapter = book.to_chapter(books["03_padding_and_strides"], "03_padding_and_strides", tmp_path)
    shown = "".join(data.get("text/html", "") for _, data in live.outputs_of(chapter))
    assert "<iframe" not in shown and "base64" not in shown and "<script" not in shown
    places = re.findall(r'src="(.*?)"', shown)
    assert len(places) > 10 and len(set(places)) == len(places)
    assert all((tmp_path / "_extra" / place).stat().st_size > 1000 for place in places)
    assert "To try out on the website: receptive field." in shown
    assert not any(notebooks.is_note(cell) for cell in chapter.cells)
    texts = [cell.source for cell in chapter.cells]
    first = texts.index("## Solutions")
    questions = exercises.questions_of("nb03_padding_and_strides")
    assert [text.split("\n")[0] for text in texts[first + 1 :]] == [
        f"### {name} · {question.title}" for name, question in questions.items()
    ]


def test_an_output_is_well_formed_in_a_book(tmp_path):
    (tmp_path / "pictures").mkdir()
    picture = io.BytesIO()
    Image.new("RGB", (3, 2)).save(picture, "WEBP")
    source = f"data:image/webp;base64,{base64.b64encode(picture.getvalue()).decode()}"
    html = f'<table><tr><td>1 &lt; 2<td><br></table><iframe title="x"><img src="{source}" alt="b">'
    still = ElementTree.fromstring(f"<div>{book.to_still(html, 'pictures/a', tmp_path)}</div>")
    assert still.find(".//img").attrib == {"src": "pictures/a_01.jpeg", "alt": "b"}
    assert Image.open(tmp_path / "pictures/a_01.jpeg").size == (3, 2)


def test_without_a_browser_there_is_an_epub_and_a_sentence(monkeypatch, tmp_path, capsys):
    def build(source, folder, builder):
        folder.mkdir()
        with zipfile.ZipFile(folder / f"{book.NAME}.epub", "w") as epub:
            epub.writestr("content.opf", builder)

    monkeypatch.setattr(book.slides, "find_browser", lambda: None)
    book.write({"99_tiny": tiny()}, tmp_path / "downloads", tmp_path, build)
    made = [path.name for path in (tmp_path / "downloads").iterdir()]
    assert made == list(book.names().values()) == ["convolutional_networks.epub"]
    assert "There is no PDF file" in capsys.readouterr().out


def test_an_epub_says_which_pages_hold_formulas(tmp_path):
    with zipfile.ZipFile(tmp_path / "old.epub", "w") as epub:
        epub.writestr("mimetype", "application/epub+zip")
        epub.writestr("content.opf", '<item href="a.xhtml"/><item href="b.xhtml"/>')
        epub.writestr("a.xhtml", "<p/>")
        epub.writestr("b.xhtml", "<p><math/></p>")
    book.declare_formulas(tmp_path / "old.epub", tmp_path / "new.epub")
    with zipfile.ZipFile(tmp_path / "new.epub") as epub:
        assert epub.namelist()[0] == "mimetype"
        listed = epub.read("content.opf").decode()
    assert listed == '<item href="a.xhtml"/><item href="b.xhtml" properties="mathml"/>'


# ---- the glossary


def test_each_term_stands_in_the_section_that_teaches_it(books):
    terms = glossary.read(books)
    assert len(terms) > 50
    for term in terms:
        text = glossary.sections_of(books[term.notebook])[term.section]
        assert term.word.lower() in text.lower(), term.name
        assert term.says.endswith(".") and len(term.says) < 260, term.name


def test_a_section_names_the_terms_that_it_teaches():
    term = glossary.Term("kernel", "…", "99_tiny", "By hand", "kernel")
    cells = tiny(v4.new_markdown_cell("## By hand\n\nText."), v4.new_markdown_cell("## Next")).cells
    first, hand, last = glossary.with_terms(cells, [term])
    assert "glossary" not in first.source + last.source
    assert hand.source.split("\n\n")[0] == "## By hand" and hand.source.endswith("\n\nText.")
    assert "In the glossary: {term}`kernel`" in hand.source


def test_every_notebook_teaches_terms_but_one_without_stays_out(books):
    assert {term.notebook for term in glossary.read(books)} <= set(books)
    assert glossary.read({"99_tiny": tiny()}) == []


def test_a_section_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="'accuracy' that 01_tiny teaches it in 'Test: does it"):
        glossary.read({"01_tiny": tiny()})


# ---- for instructors


def test_instructors_find_every_question_with_its_solution(books, tmp_path):
    instructors.write(books, tmp_path)
    for module in exercises.modules():
        page = (tmp_path / f"instructors/{module[2:]}.md").read_text(encoding="utf-8")
        questions = exercises.questions_of(module)
        assert page.count("**Typical mistakes**") == page.count("**Solution**") == len(questions)
        for name, question in questions.items():
            assert f"### {name} · {question.title}\n" in page


def test_instructors_find_every_note_and_what_to_prepare(books, tmp_path):
    instructors.write(books, tmp_path)
    for name, notebook in books.items():
        page = (tmp_path / f"instructors/{name}.md").read_text(encoding="utf-8")
        notes = [cell.source for cell in notebook.cells if notebooks.is_note(cell)]
        assert notes and all(note.split("\n\n")[1] in page for note in notes)
    overview = (tmp_path / "instructors.md").read_text(encoding="utf-8")
    assert "| 75 |" in overview and "| malaria |" in overview
    assert all(instructors.find_needs(books[name]) for name in books if name[:2] != "09")
    assert "## In the lecture hall" in overview and "| 01_dense_mnist |" in overview


# ---- the documented functions


def test_what_a_room_shows_is_documented(books):
    rooms = reference.rooms_of(books.values())
    assert {"convolution", "datasets", "explorers", "plotting"} <= rooms
    assert not {"publishing", "keras_inside"} & rooms
    for room in rooms:
        module = reference.importlib.import_module(f"course_utils.{room}")
        members = reference.members_of(module)
        assert members, room
        assert all(inspect.getdoc(getattr(module, name)) for _, name in members)


def test_a_docstring_becomes_a_list_of_parameters_and_rubrics():
    lines = ["Parameters", "----------", "a, b : of any size,", "    or none."]
    wanted = [".. rubric:: Parameters", "", "``a, b``", "    of any size,", "", "    or none."]
    assert reference.to_rst(lines) == wanted
    full = "kernel : " + "x" * 84
    assert reference.to_rst([full, "    goes on"]) == [
        "``kernel``",
        "    " + full[9:],
        "    goes on",
    ]
