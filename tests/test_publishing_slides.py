"""Slides: what stands on which, that they need no network, and each fault of reveal.js' arrival."""

import io
import re
import subprocess
import tarfile

from course_utils.publishing import notebooks, slides

import nbformat
import pytest
from nbformat import v4

PICTURE = '<img alt="A grey square." src="data:image/png;base64,AAAA"/>'
WIDGET = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}, "text/plain": "Explorer"}


def prose(text, kind="-"):
    return v4.new_markdown_cell(text, metadata={"slideshow": {"slide_type": kind}})


def code(text, *outputs, kind="-"):
    return v4.new_code_cell(
        text, outputs=list(outputs), metadata={"slideshow": {"slide_type": kind}}
    )


def shows(**kinds):
    return v4.new_output("display_data", {name.replace("_", "/"): kinds[name] for name in kinds})


def page_of(*cells):
    first = prose("# 1 · Digits & edges\n\nA promise.", "slide")
    return slides.to_html(v4.new_notebook(cells=[first, *cells]))


def slides_of(page):
    """Return the slides of a page as lists of text, column by column."""
    inside = page[page.index('<div class="slides">') : page.index('<p class="running">')]
    columns = re.split(r"<section>\s*(?=<section>)", inside)[1:]
    found = [re.findall(r"<section>\n(.*?)</section>", column, re.DOTALL) for column in columns]
    return [[re.sub(r"<[^>]+>", " ", slide).split() for slide in column] for column in found]


def test_slides_stand_in_columns():
    page = page_of(
        prose("two", "slide"), code("three = 3"), prose("four", "subslide"), prose("five", "skip")
    )
    first, second = slides_of(page)
    assert len(first) == 1
    assert [slide[0] for slide in second] == ["two", "four"]
    assert "three" in second[0]
    assert "five" not in page


def test_a_note_is_for_the_speaker_and_a_fragment_comes_later():
    folded = "<details><summary>For the instructor</summary>\n\nWait here.\n\n</details>"
    page = page_of(prose(folded, "notes"), prose("At last.", "fragment"))
    assert "details" not in page[page.index("<aside") : page.index("</aside>")]
    assert re.search(r'<aside class="notes">.*Wait here\..*</aside>', page, re.DOTALL)
    assert re.search(r'<div class="block fragment">.*At last\.', page, re.DOTALL)


def test_formulas_are_mathml():
    page = page_of(prose("A size of $n - k + 1$ and\n\n$$z = \\sum_i x_i$$"))
    assert page.count("<math") == 2 and "$" not in page[page.index("<math") :].split("<p class")[0]


def test_figures_keep_their_alt_text_and_code_its_output():
    page = page_of(
        code("show()", shows(text_html=PICTURE, text_plain="A grey square.")),
        code("6 * 7", v4.new_output("execute_result", {"text/plain": "42"})),
        code("print(1 < 2)", v4.new_output("stream", text="\x1b[31m1 < 2\x1b[0m")),
    )
    assert PICTURE in page
    assert "<pre>42</pre>" in page
    assert "<pre>1 &lt; 2</pre>" in page
    assert page.count("A grey square.") == 1


@pytest.mark.parametrize("kind", ["image/png", "image/jpeg"])
@pytest.mark.parametrize(
    "words, alt",
    [("A grey square.", "A grey square."), ("<Figure size>", "A picture without a description")],
)
def test_a_picture_stays_a_picture(kind, words, alt):
    output = v4.new_output("display_data", {kind: "AA\nAA", "text/plain": words})
    page = page_of(code("plt.show()", output))
    assert f'<img alt="{alt}" src="data:{kind};base64,AAAA"/>' in page
    assert "Figure size" not in page


def test_what_a_cell_raised_is_shown():
    shown = page_of(code("1 / 0", v4.new_output("error", ename="E", evalue="1 < 2", traceback=[])))
    assert "<pre>E: 1 &lt; 2</pre>" in shown


def test_deeper_sections_are_left_out():
    deeper = prose("## More, deeper", "slide")
    deeper.metadata["deeper"] = True
    page = page_of(deeper, code("optional()"), prose("## Next", "slide"))
    assert [column[0][0] for column in slides_of(page)] == ["1", "Next"]
    assert "optional" not in page


def test_an_explorer_sends_readers_to_jupyterlab():
    page = page_of(code("explorer", v4.new_output("display_data", WIDGET)))
    assert "Live in JupyterLab" in page


def test_the_title_is_escaped():
    assert "<title>1 · Digits &amp; edges</title>" in page_of()


@pytest.mark.parametrize("path", notebooks.find(), ids=lambda path: path.stem)
def test_the_slides_of_each_notebook_load_nothing_from_elsewhere(path):
    page = slides.to_html(nbformat.read(path, as_version=4))
    loaded = re.findall(r"""<(?:script|link|img|iframe)[^>]*?(?:src|href)=["']([^"']*)""", page)
    assert loaded
    assert all(name.startswith(("reveal/", "data:")) for name in loaded), loaded
    assert not re.search(r"url\(\s*[\"']?(?:https?:)?//|@import", page)


# ---- reveal.js ----------------------------------------------------------------------------------


def archive_of(files):
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return made.getvalue()


@pytest.fixture
def npm(monkeypatch):
    """Let npm be found, and let it deliver `content`, or fail with `reason`."""
    monkeypatch.setattr(slides.shutil, "which", lambda name: f"/usr/bin/{name}")

    def answer(content=b"", reason=""):
        def run(command, **options):
            if content:
                with open(f"{command[-1]}/reveal.js.tgz", "wb") as file:
                    file.write(content)
            return subprocess.CompletedProcess(command, bool(reason), "", reason)

        monkeypatch.setattr(slides.subprocess, "run", run)

    return answer


def test_without_npm_one_sentence_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(slides.shutil, "which", lambda name: None)
    with pytest.raises(RuntimeError, match="need npm to fetch reveal.js once: install Node.js"):
        slides.fetch_reveal(tmp_path / "reveal")


def test_without_a_network_one_sentence_says_what_to_do(npm, tmp_path):
    npm(reason="getaddrinfo ENOTFOUND")
    with pytest.raises(RuntimeError, match=r"ENOTFOUND.*once where there is a network"):
        slides.fetch_reveal(tmp_path / "reveal")


def test_another_archive_is_refused_and_leaves_nothing(npm, tmp_path):
    npm(archive_of(dict.fromkeys(slides.REVEAL_FILES, b"other")))
    with pytest.raises(RuntimeError, match="SHA-512 differs"):
        slides.fetch_reveal(tmp_path / "reveal")
    assert list(tmp_path.iterdir()) == []


def test_the_right_archive_is_unpacked_once(npm, tmp_path, monkeypatch):
    content = archive_of({name: name.encode() for name in slides.REVEAL_FILES})
    monkeypatch.setattr(slides, "REVEAL_SHA512", slides.hashlib.sha512(content).hexdigest())
    npm(content)
    slides.fetch_reveal(tmp_path / "reveal")
    assert (tmp_path / "reveal/notes.js").read_bytes() == b"dist/plugin/notes.js"
    npm(reason="not asked again")
    slides.fetch_reveal(tmp_path / "reveal")


def test_without_a_browser_there_are_slides_and_a_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(slides, "fetch_reveal", lambda folder: None)
    monkeypatch.setattr(slides, "find_browser", lambda: None)
    slides.write(("01",), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["01_dense_mnist.html", "index.html"]
    assert "no PDF files: they need Chromium or Chrome" in capsys.readouterr().out


def test_a_browser_that_prints_nothing_is_told(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<p>")
    with pytest.raises(RuntimeError, match="wrote no page.pdf"):
        slides.print_pdf("true", page)
