"""Execute every command and snippet of the README, runs shortened, so that none of them can lie."""

from __future__ import annotations

import re
import shlex
import shutil
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


def test_the_figures_that_the_readme_speaks_of_are_drawn_by_its_commands():
    from livermet_sim.viz import figures

    first = README[README.index("It leaves `results/baseline-seed1/`") : README.index("## Look around")]
    assert re.findall(r"`(\w+)`", first[first.index("first look") : first.index("--figures all")])[
        : len(figures.FEW)
    ] == list(figures.FEW)
    demos = re.split(r"\n\*\*\d\. ", README[README.index("## Teach with it") :])[1:]
    assert len(demos) == 3
    for demo in demos:
        spoken = set(re.findall(r"`(\w+)`", demo.split("\n## ")[0])) & set(figures.FIGURES)
        drawn = {name for words in re.findall(r"--figures (\S+)", demo) for name in figures.chosen(words)}
        assert spoken <= drawn and ("--figures" not in demo or drawn)


# what makes a command of minutes one of seconds; the rest of the line stays as the reader types it
SHORT = {
    "run": ["--days", "0.1", "--no-figures", "--quiet"],
    "compare": ["--days", "0.1", "--workers", "1"],
    "ablate": ["--days", "0.1", "--seeds", "2", "--workers", "1", "--rules", "MV12,MV13*,PA6,PA7"],
    "design": ["--days", "0.1", "--livers", "3", "--workers", "1"],
    "validate": ["--quick", "--pairs", "1", "--workers", "1"],
    "baseline": ["--quick", "--lines", "b16f1", "--seeds", "1", "--workers", "1"],
    "app": ["--help"],
    "fork": ["--days", "0.1"],
    "whatif": ["--days", "0.5"],
    "why": ["--days", "0.5"],
    "verify": ["--only", "flow-*"],
    "docs": ["--only", "index"],
}
SOONER = {"14 day": "0.05 day", "day14.npz": "day0.05.npz"}
VALUED = ("--livers", "--pairs", "--rules", "--days", "--seeds", "--lines", "--workers", "--only")
STUDY = {"samples = 60": "samples = 4", "trials = 32": "trials = 2", "replicates = 4": "replicates = 1"}


def shortened(command: str) -> list[str]:
    """Return the words of a command with those that make it long replaced."""
    words = shlex.split(command)[1:]
    for late, soon in SOONER.items():
        words = [word.replace(late, soon) for word in words]
    extra = SHORT.get(words[0], [])
    for option in extra:
        if option in words:
            at = words.index(option)
            del words[at : at + (2 if option in VALUED else 1)]
    return words + extra


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Return a folder where the commands follow each other: what one leaves, the next can read."""
    folder = tmp_path_factory.mktemp("reader")
    shutil.copytree(ROOT / "scenarios", folder / "scenarios")
    for file in (*folder.glob("scenarios/sweeps/*.toml"), *folder.glob("scenarios/calibrations/*.toml")):
        text = file.read_text(encoding="utf-8")
        for long, short in STUDY.items():
            text = text.replace(long, short)
        file.write_text(text, encoding="utf-8")
    run = ["run", "baseline", *SHORT["run"], "--out", str(folder / "results" / "baseline-seed1")]
    assert CliRunner().invoke(cli.app, run).exit_code == 0
    return folder


def test_the_commands_one_after_the_other(place, monkeypatch):
    # in one test, as a reader types them: what one leaves, the next one reads
    monkeypatch.chdir(place)
    for command in COMMANDS:
        check_command(command, place)


def check_command(command, place):
    words = shortened(command)
    before = len(list(place.rglob("timeseries.parquet")))
    outcome = CliRunner().invoke(cli.app, words)
    # a first look at one seed may well find a figure outside its band, or an experiment the wrong way round
    assert outcome.exit_code == 0 or (words[0] in ("baseline", "validate") and outcome.exit_code == 1), (
        command,
        outcome.output,
    )
    if words[0] == "run":
        seeds = 5 if "--seeds" in words else 1
        assert len(list(place.rglob("timeseries.parquet"))) == before + seeds
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
    assert names["pairs"].runs["seed"].nunique() == 4
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
