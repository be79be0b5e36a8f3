"""Write what follows from the address of the repository: badges, and how to install the course.

The address is `Repository` under `[project.urls]` in pyproject.toml. While there is none, no badge
is shown. After a change of it: python tools/address.py
"""

import json
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MARKS = ("<!-- badges -->", "<!-- /badges -->")
CELL = "opened-alone"
FIRST = "notebooks/01_dense_mnist.ipynb"

_ON_GITHUB = re.compile(r"https://github\.com/([\w.-]+/[\w.-]+?)(\.git)?/?")


def read_address() -> str:
    """Return the address of the repository, "" where there is none."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project.get("urls", {}).get("Repository", "")


def make_badges(address: str) -> str:
    """Return lines of Markdown with the services that open a repository of GitHub.

    >>> make_badges("")
    ''
    """
    if not (found := _ON_GITHUB.fullmatch(address)):
        return ""  # these services read from there alone
    name = found[1]
    lab = "urlpath=lab%2Ftree%2Fmy_notebooks%2F01_dense_mnist.ipynb"
    places = {
        "Colab": f"https://colab.research.google.com/github/{name}/blob/main/{FIRST}",
        "Kaggle": f"https://kaggle.com/kernels/welcome?src={address}/blob/main/{FIRST}",
        "Binder": f"https://mybinder.org/v2/gh/{name}/HEAD?{lab}",
        "Codespaces": f"https://codespaces.new/{name}",
    }
    return " · ".join(f"[Open in {place}]({link})" for place, link in places.items())


def tell_what_to_install(address: str) -> str:
    """Return the sentence for a notebook that is opened without the rest of the course."""
    what = f"git+{address}" if address else "course_utils-….whl"
    whence = "" if address else ", with a file that your instructor has"
    return (
        "*Opened without the rest of the course? The next cell needs its package: "
        f"`%pip install {what}`{whence}.*"
    )


def write_readme(text: str, address: str) -> str:
    """Return the README with the badges of an address between its two marks."""
    badges = make_badges(address)
    inside = f"\n{badges}\n" if badges else "\n"
    return re.sub(f"{MARKS[0]}.*?{MARKS[1]}", f"{MARKS[0]}{inside}{MARKS[1]}", text, flags=re.S)


def write_notebook(notebook: dict, address: str) -> dict:
    """Return a notebook, as JSON, with the sentence of an address in the cell that has it."""
    for cell in notebook["cells"]:
        if cell["id"] == CELL:
            cell["source"] = [tell_what_to_install(address)]
    return notebook


def main() -> None:
    address = read_address()
    readme = ROOT / "README.md"
    readme.write_text(write_readme(readme.read_text(encoding="utf-8"), address), encoding="utf-8")
    for path in ROOT.glob("notebooks/[0-9][0-9]_*.ipynb"):
        notebook = write_notebook(json.loads(path.read_text(encoding="utf-8")), address)
        path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
