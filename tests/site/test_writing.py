"""What a page says is typed is typed; what it shows stands below; whatever fails is said with page and line."""

from __future__ import annotations

import re

import pytest

from livermet_sim.base.errors import ResultError
from livermet_sim.site import notebooks
from livermet_sim.site.execute import Typist
from livermet_sim.site.write_page import MANY_LINES, Writer


@pytest.fixture
def writer(tmp_path, monkeypatch):
    """A writer whose commands print what they were given; "fail" fails."""
    typed = []

    def run(words):
        typed.append(list(words))
        return (2 if "fail" in words else 0), "\n".join(words) + f"\n{tmp_path.resolve()}/x"

    monkeypatch.chdir(tmp_path)
    writer = Writer(Typist(run, tmp_path.resolve()), tmp_path / "site", tmp_path)
    writer.typed = typed
    return writer


def body(writer, text: str, **options) -> str:
    return writer.body("page.md", text, **options).html


def test_commands_are_typed_once_and_comments_are_not(writer):
    text = '```bash\nlivermet a "b c"   # why\npip install x\nlivermet d\n```\n\nthen\n\n```bash\nlivermet d\n```\n'
    html = body(writer, text)
    assert writer.typed == [["a", "b c"], ["d"]]
    assert (
        html.count('<pre class="output">') == 2 and "pip" in html and "# why" in re.sub("<[^>]+>", "", html)
    )
    assert str(writer._typist.folder) not in html


def test_many_lines_are_folded_and_hidden_ones_are_not_there(writer):
    many = " ".join("x" * (MANY_LINES + 1))
    assert "<details>" in body(writer, f"```bash\nlivermet {many}\n```")
    assert "output" not in body(writer, "```bash hide\nlivermet zz\n```")


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("```bash\nlivermet fail\n```", "ended with exit code 2 instead of 0"),
        ("```bash exit=2\nlivermet well\n```", "ended with exit code 0 instead of 2"),
        ("```python\n1 / 0\n```", "ZeroDivisionError"),
        ("![words](missing.png)", "no command of the page has left this picture"),
    ],
)
def test_a_fault_is_said_with_page_and_line(writer, block, said):
    with pytest.raises(ResultError, match=r"page\.md, line 3: ") as caught:
        body(writer, f"# Title\n\n{block}\n")
    assert said in caught.value.sentence
    assert writer.body("page.md", "```bash exit=2\nlivermet fail\n```").html


def test_python_shows_what_it_prints_draws_and_comes_to(writer):
    source = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.title('t')\nprint('said')\n'value'"
    html = body(writer, f"```python\n{source}\n```\n\n```python\nx = 3;\n```\n\n```python\nx + 1\n```")
    assert html.index("said") < html.index("<img") < html.index("&#x27;value&#x27;")
    assert ">4</pre>" in html and 'alt="Picture drawn by: plt.title' in html


def test_names_do_not_live_on_to_the_next_page(writer):
    body(writer, "```python\nx = 3\n```")
    with pytest.raises(ResultError, match="NameError"):
        body(writer, "```python\nx\n```")


def test_what_is_not_typed_is_shown(writer):
    html = body(writer, "```python\n1 / 0\n```\n\n```bash\nlivermet fail\n```", typed=False)
    assert not writer.typed and "output" not in html and "fail" in html


def test_headings_have_places_and_words_for_the_search(writer):
    page = writer.body("page.md", "# One\n\nfirst `code`\n\n## Two & so\n\nsecond\n\n## Two & so\n\nthird\n")
    assert [(section.title, section.place) for section in page.sections] == [
        ("One", "one"),
        ("Two & so", "two-so"),
        ("Two & so", "two-so-2"),
    ]
    assert page.title == "One" and page.sections[0].words[-1] == "first code"


def test_every_notebook_is_a_page():
    for path in notebooks.folder().glob("*.ipynb"):
        text = notebooks.as_markdown(path)
        assert text.startswith("# ") and text.count("```python") >= 3
