"""Execute every command and snippet of the README, runs shortened, so that none of them can lie."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from livermet_sim import cli

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, flags=re.S)
COMMANDS = [
    line.split("#")[0].strip()
    for language, block in BLOCKS
    if language == "bash"
    for line in block.splitlines()
    if line.startswith("livermet ")
]


def test_the_readme_shows_what_it_promises():
    languages = [language for language, _ in BLOCKS]
    assert languages.count("python") >= 2 and languages.count("toml") == 1 and len(COMMANDS) >= 7
    for picture in re.findall(r"!\[[^]]*\]\(([^)]+)\)", README):
        assert (ROOT / picture).is_file(), picture


@pytest.mark.parametrize("command", COMMANDS)
def test_command(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    words = shlex.split(command)[1:]
    if words[0] == "run":
        words = [*(w for w in words if w not in ("--days", "14")), "--days", "0.1", "--no-figures", "--quiet"]
    outcome = CliRunner().invoke(cli.app, words)
    assert outcome.exit_code == 0, outcome.output
    if words[0] == "run":
        assert len(list((tmp_path / "results").glob("*/timeseries.parquet"))) == 1
    else:
        assert outcome.output.strip()


def test_python(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    for language, block in BLOCKS:
        if language == "python":
            exec(compile(block, "README.md", "exec"), names)
    assert names["result"].days == pytest.approx(2.0)
    assert names["treated"] != names["untreated"]
    assert "The cascade" in capsys.readouterr().out


def test_scenario(tmp_path):
    from livermet_sim.engine import Engine
    from livermet_sim.scenario.load import load

    block = next(block for language, block in BLOCKS if language == "toml")
    (tmp_path / "mine.toml").write_text(block, encoding="utf-8")
    scenario = load(tmp_path / "mine.toml")
    assert scenario.value("cells.kupffer.density") == 5000 and not scenario.rules["MV13.crawl"].enabled
    engine = Engine(scenario, 1)
    engine.run(1.0)
    assert len(engine.world.rows("kupffer")) < 40


def test_ci_runs_the_command_of_the_readme():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    test_command = [line for line in README.splitlines() if line.endswith("pytest")]
    assert len(test_command) == 1 and 'eval "$test_command"' in script
