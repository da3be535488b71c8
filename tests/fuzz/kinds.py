"""List every kind of file that the model reads: how a whole one is made, and the public way to read it."""

from __future__ import annotations

from pathlib import Path

import fuzz_folders as folders
import fuzz_physicell as physicell
import fuzz_pictures as pictures
import fuzz_toml as toml
from drive import Kind


def saved(folder: Path) -> None:
    """Save a small result that nobody ran."""
    folders.made_up().save(folder / "run", figures=False)


def png(folder: Path) -> None:
    """Save a section as PNG."""
    pictures.save_labels(folder / "a.png")


KINDS = (
    Kind("scenario (TOML)", toml.text_file(toml.SCENARIO), toml.scenario, judge=toml.scenario_is_as_written, few=95, names="mine"),
    Kind("rules (TOML)", toml.text_file(toml.RULES), toml.scenario, judge=toml.scenario_is_as_written, few=120, names="mine"),
    Kind("experiment (TOML)", toml.text_file(toml.EXPERIMENT), toml.experiment, names="mine"),
    Kind("interventions (TOML)", toml.text_file(toml.INTERVENTIONS), toml.scenario, judge=toml.scenario_is_as_written, names="mine"),
    Kind("study (TOML)", toml.text_file(toml.STUDY), toml.study, names="mine"),
    Kind("calibration (TOML)", toml.text_file(toml.CALIBRATION), toml.calibration, names="mine"),
    Kind("matching (TOML)", toml.text_file(toml.MATCHING), toml.matching, names="mine"),
    Kind("PhysiCell rules (CSV)", physicell.make, physicell.read, same=physicell.same, judge=physicell.is_as_written, few=250, names="mine"),
    Kind("PhysiCell rules with what is kept beside", physicell.make_both, physicell.read, "*.json", same=physicell.same, few=100, names="mine"),
    Kind("result", saved, folders.result, "run/*", sealed=True),
    Kind("result with new checksums", saved, folders.result, "run/*", after=folders.reseal_result),
    Kind("result with new checksums, drawn", saved, folders.shown, "run/*", after=folders.reseal_result, few=10),
    Kind("study's folder", folders.make_study, folders.study_folder, "study/**/*", same=folders.same_study,
         judge=folders.only_parts_are_gone, few=10),
    Kind("study's folder with new checksums", folders.make_study, folders.study_folder, "study/**/*", same=folders.same_study,
         after=folders.reseal_study, few=10),
    Kind("calibration's folder", folders.make_calibration, folders.fit, "fit/**/*", sealed=True, few=6),
    Kind("packed run", folders.make_pack, folders.replayed("run.zip"), "run.zip", sealed=True, few=10),
    Kind("run to be run again", folders.make_pack, folders.replayed("run"), "run/*", sealed=True, few=10),
    Kind("run to be run again, with new checksums", folders.make_pack, folders.replayed("run"), "run/*", after=folders.reseal_result, few=10),
    Kind("labels (PNG)", png, pictures.picture("a.png"), judge=pictures.png_is_whole),
    Kind("labels (PNG with a palette)", lambda folder: pictures.save_palette(folder / "a.png"),
         pictures.picture("a.png", pictures.COLOUR_TABLE), judge=pictures.png_is_whole),
    Kind("labels (TIFF)", lambda folder: pictures.save_labels(folder / "a.tif"), pictures.picture("a.tif")),
    Kind("labels (NPY)", lambda folder: pictures.save_labels(folder / "a.npy"), pictures.picture("a.npy")),
)  # fmt: skip
