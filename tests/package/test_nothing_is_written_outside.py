"""Names and links that files bring never make a command write outside the folder that was named."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import livermet_sim
from livermet_sim import cli
from livermet_sim.base.errors import ResultError
from livermet_sim.base.write import inside

sys.path.insert(0, str(Path(__file__).parents[1] / "viz"))
PACKAGE = Path(livermet_sim.__file__).parent


@given(st.text(max_size=300))
def test_a_name_stays_in_its_folder_whatever_it_is(name):
    path = inside(Path("results"), name)
    assert path.parent == Path("results") and path.name not in ("", ".", "..") and len(path.name) <= 80


@pytest.mark.parametrize(
    "line", ["draw RUN --figure funnel_chart", "draw RUN", "export RUN --to csv", "player RUN"]
)
def test_a_link_in_a_run_of_a_stranger_is_not_followed(tmp_path, monkeypatch, capsys, line):
    from synthetic import result

    run = result(radius=10, count=6).save(tmp_path / "run", figures=False)
    outside = tmp_path / "outside"
    outside.mkdir()
    for name in ("figures", "export", "player.html"):
        (run / name).symlink_to(outside)
    monkeypatch.setattr(sys, "argv", ["livermet", *line.replace("RUN", str(run)).split()])
    assert cli.main() == 2
    assert "this is a symbolic link, and nothing is written outside" in capsys.readouterr().err
    assert not list(outside.iterdir())


def test_a_linked_file_is_replaced_and_not_written_through(tmp_path):
    from livermet_sim.base.write import write_text

    (tmp_path / "precious").write_text("mine")
    (tmp_path / "out.txt").symlink_to(tmp_path / "precious")
    write_text(tmp_path / "out.txt", "new")
    assert (tmp_path / "precious").read_text() == "mine" and (tmp_path / "out.txt").read_text() == "new"
    with pytest.raises(ResultError, match="symbolic link"):
        (tmp_path / "figures").symlink_to(tmp_path)
        inside(tmp_path, "figures", "a.png")


def test_every_writer_goes_through_one_place():
    """Find calls that write a file by themselves: only base/write.py, the store and a result's own new folder may."""
    own = {"base/write.py", "app/choice.py", "sweep/store.py", "observe/folder.py", "kernels/sealed.py"}
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        inner = path.relative_to(PACKAGE).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if inner not in own else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                target = ast.unparse(node.args[0]) if node.args else ""
                if node.func.attr in (
                    "savefig",
                    "to_csv",
                    "to_parquet",
                    "write_text",
                    "write_bytes",
                    "imwrite",
                ) and target.split(".")[0] not in ("part", "buffer", "stream", "file"):
                    found.append(f"{inner}: {ast.unparse(node)[:80]}")
    assert not found, found
