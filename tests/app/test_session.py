"""A session runs livers in the background, publishes frames, and survives whatever it is asked."""

from __future__ import annotations

import io
import os
import re
import threading
import time
import zipfile

import numpy as np
import pytest

from livermet_sim.app import download, panels
from livermet_sim.app import session as module
from livermet_sim.app.choice import Choice
from livermet_sim.app.liver import Liver
from livermet_sim.app.overlay import Wish
from livermet_sim.app.reading import fate
from livermet_sim.app.session import Session
from livermet_sim.model import LiverModel
from livermet_sim.observe.funnel import funnel
from livermet_sim.observe.standing import standing
from livermet_sim.result import Result
from livermet_sim.scenario.load import from_dict, load

SHORT = {"run.days": 0.5}
DEPLETE = {"action": "deplete", "target": "kupffer", "start": "0", "end": "28", "efficacy": 1.0}


class Page:
    """Stand for a browser page: keep frames, and say that they were shown."""

    def __init__(self, choice: Choice, looks: bool = True):
        self.frames, self.looks, self._news = [], looks, threading.Condition()
        self.session: Session | None = None
        self.session = Session(self.take, choice)

    def take(self, frame) -> None:
        with self._news:
            self.frames.append(frame)
            self._news.notify_all()
        if self.looks and self.session is not None:
            self.session.shown(frame.number)

    def wait(self, condition, seconds: float = 60.0):
        """Return the first frame from now on, or the present one, that fulfils a condition."""
        until = time.monotonic() + seconds
        with self._news:
            while not (self.frames and condition(self.frames[-1])):
                assert self._news.wait(until - time.monotonic()), self.frames[-1:]
            return self.frames[-1]

    def close(self) -> None:
        self.session.close()
        self.session.join()


@pytest.fixture
def page():
    opened = []

    def open_page(choice=None, **keys):
        opened.append(Page(choice or Choice("strip", changes=SHORT), **keys))
        opened[-1].wait(lambda frame: frame.state != "building")
        return opened[-1]

    yield open_page
    for one in opened:
        one.close()


def test_time_runs_to_the_end_and_gives_the_bits_of_a_plain_run(page):
    shown = page()
    assert shown.frames[-1].state == "paused" and shown.frames[-1].hours == 0
    shown.session.speed(float("inf"))
    shown.session.start()
    last = shown.wait(lambda frame: frame.state == "done")
    assert last.hours == last.end == 12.0
    model = LiverModel(load("strip", SHORT), seed=1)
    model.run()
    assert shown.session.call(lambda livers: livers[0].model.engine.digest()) == model.engine.digest()
    numbers = [frame.number for frame in shown.frames]
    assert numbers == sorted(set(numbers))
    shown.session.start()
    assert shown.wait(lambda frame: frame.number > last.number).state == "done"


def test_a_step_is_as_long_as_it_says_and_pauses(page):
    shown = page()
    shown.session.step(6.0)
    assert shown.wait(lambda frame: frame.hours > 0).hours == 6.0
    shown.session.step(1.0)
    assert shown.wait(lambda frame: frame.hours > 6.0).hours == 7.0
    assert shown.frames[-1].state == "paused"


def test_speed_is_kept_and_pause_stops(page):
    shown = page(Choice("strip"))
    shown.session.speed(24.0)
    shown.session.start()
    began = shown.wait(lambda frame: frame.state == "running")
    time.sleep(1.0)
    shown.session.pause()
    at = shown.session.call(lambda livers: livers[0].hours)
    # the first frame after a pause answers the button, with the numbers of the frame before; those of the moment follow
    stopped = shown.wait(lambda frame: frame.state == "paused" and frame.hours == at)
    assert 5.0 < stopped.hours - began.hours < 45.0
    time.sleep(0.3)
    assert shown.session.call(lambda livers: livers[0].hours) == stopped.hours


def test_the_untreated_and_the_treated_liver_share_their_luck(page):
    shown = page(Choice("strip", changes=SHORT, interventions=(DEPLETE,), compare=True))
    shown.session.step(6.0)
    frame = shown.wait(lambda frame: frame.hours == 6.0)
    assert [liver["title"] for liver in frame.livers] == ["untreated", "treated"]
    keys = shown.session.call(
        lambda livers: [sorted(set(liver.model.world.log.array()[:, 3])) for liver in livers]
    )
    assert len(keys[0]) > 10 and keys[0] == keys[1]  # the same cells entered
    counts = shown.session.call(lambda livers: [len(liver.model.world.rows("kupffer")) for liver in livers])
    assert counts[0] > 0 and counts[1] == 0
    packed = zipfile.ZipFile(io.BytesIO(shown.session.call(download.results_file)))
    assert {name.split("/")[0] for name in packed.namelist()} == {"untreated", "treated"}


def test_a_mistake_is_one_sentence_and_leaves_the_liver_as_it_was(page):
    shown = page()
    shown.session.step(2.0)
    shown.wait(lambda frame: frame.hours == 2.0)
    shown.session.build(Choice("strip", more="cells.kupfer.density = 3"))
    wrong = shown.wait(lambda frame: frame.message and frame.state != "building")
    assert 'did you mean "kupffer"' in wrong.message and "\n" not in wrong.message
    assert wrong.hours == 2.0 and len(wrong.livers) == 1
    shown.session.click(0, 7.0, 0.5)
    assert "not inside the picture" in shown.wait(lambda frame: frame.number > wrong.number).message
    shown.session.click(5, 0.5, 0.5)
    shown.session.panel("nonsense")
    shown.session.show(Wish("nonsense", "state", frozenset({"nonsense"})))
    shown.session.step(2.0)
    assert shown.wait(lambda frame: frame.hours == 4.0).message == ""


def test_the_first_scenario_may_be_wrong(page):
    shown = page(Choice("no such thing"))
    assert shown.frames[-1].state == "failed" and "there is no scenario" in shown.frames[-1].message
    shown.session.start()
    shown.session.step(1.0)
    shown.session.build(Choice("strip"))
    assert shown.wait(lambda frame: frame.state == "paused").livers


def test_what_nobody_foresaw_does_not_end_the_session(page, monkeypatch, caplog):
    shown = page()

    def broken(livers, name):
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(panels, "phases", broken)
    shown.session.step(1.0)
    failed = shown.wait(lambda frame: frame.state == "failed")
    assert "ZeroDivisionError" in failed.message and "reset" in failed.message
    assert "Traceback" in caplog.text
    monkeypatch.undo()
    shown.session.build(Choice("strip", changes=SHORT))
    assert shown.wait(lambda frame: frame.state == "paused").message == ""


def test_every_number_of_a_frame_is_of_one_moment(page):
    shown = page(Choice("strip", changes={"run.days": 12.0}))
    shown.session.speed(float("inf"))
    shown.session.start()
    shown.wait(lambda frame: frame.state == "done")
    seen = [frame for frame in shown.frames if frame.charts and frame.livers[0]["entered"]]
    assert len({frame.counted for frame in seen}) >= 2
    for frame in seen:
        liver, boxes = frame.livers[0], frame.charts["strip"]
        cells = [int(n.replace(",", "")) for n in re.findall(r"<span>([\d,]+) cells?</span>", boxes)]
        drawn = sum(entry["count"] for entry in liver["key"] if entry["kind"] == "tumour")
        entered = re.search(r">entered</text>.*?class=\"tick\">([\d,]+)<", frame.charts["cascade"], re.S)
        assert sum(cells) == liver["tumour"] == drawn
        assert int(entered[1].replace(",", "")) == liver["entered"]
        assert frame.counted <= frame.hours
    last = shown.frames[-1]
    assert last.counted == last.hours == 288.0
    lesions = shown.session.call(lambda livers: int((standing(livers[0].model.world).cells > 0).sum()))
    assert sum(map(int, re.findall(r"<b>(\d+)</b>", last.charts["strip"]))) == lesions


def test_the_strip_shows_lesions_or_shares_of_tumour_cells(page):
    shown = page(Choice("strip", changes=SHORT))
    shown.session.step(8.0)
    shown.wait(lambda frame: frame.hours == 8.0)
    tops, charts, chart = [], [], ""
    for name in panels.STRIPS:
        number = shown.frames[-1].number
        shown.session.strip(name)
        # a frame that was under way already shows the strip before
        newer = shown.wait(
            lambda frame, number=number, before=chart: (
                frame.number > number and frame.charts["strip"] != before
            )
        )
        chart = newer.charts["strip"]
        points = [
            tuple(map(float, pair.split(",")))
            for polygon in re.findall(r'points="([^"]+)"', chart)
            for pair in polygon.split()
        ]
        tops.append({x: min(y for x_, y in points if x_ == x) for x, _ in points})
        charts.append(points)
    assert charts[0] != charts[1]
    assert list(tops[1].values())[-1] == 0.0  # shares fill the strip to its top
    history = shown.session.call(lambda livers: (livers[0].cell_phases(), livers[0].rows()))
    assert [int(n.sum()) for n in history[0]] == [row["n_tumour"] for row in history[1]]


def test_choices_are_applied_before_time_runs_or_nothing_runs(page):
    shown = page()
    assert shown.frames[-1].choice == Choice("strip", changes=SHORT)
    other = Choice("strip", seed=9, changes=SHORT | {"cells.nk.density": 0.0})
    assert other.waiting(shown.frames[-1].choice) == ("seed", "NK cells")
    shown.session.build(other, float("inf"))
    done = shown.wait(lambda frame: frame.state == "done")
    assert done.choice == other and not other.waiting(done.choice)
    model = LiverModel(load("strip", SHORT | {"cells.nk.density": 0.0}), seed=9)
    model.run()
    assert shown.session.call(lambda livers: livers[0].model.engine.digest()) == model.engine.digest()
    shown.session.build(other.with_(seed="nonsense"), float("inf"))
    wrong = shown.wait(lambda frame: frame.message != "")
    assert "not a whole number" in wrong.message and wrong.choice == other and wrong.state == "paused"
    assert wrong.hours == done.hours
    shown.session.build(other, 6.0)
    assert shown.wait(lambda frame: frame.hours == 6.0).state == "paused"


def test_pause_answers_while_a_large_section_is_painted(page, monkeypatch):
    release = threading.Event()
    shown = page(Choice("strip"))
    painted = Liver.paint

    def slowly(self, sketch):
        assert release.wait(30.0)
        return painted(self, sketch)

    monkeypatch.setattr(Liver, "paint", slowly)
    monkeypatch.setattr(Liver, "stale", lambda self, layer: True)
    shown.session.speed(24.0)
    shown.session.start()
    shown.wait(lambda frame: frame.hours > 2.0)
    asked = time.monotonic()
    shown.session.pause()
    shown.wait(lambda frame: frame.state == "paused")
    answered = time.monotonic() - asked
    monkeypatch.undo()
    release.set()
    assert answered < 0.5 * max(1.0, os.getloadavg()[0])


def test_a_run_that_nobody_looks_at_pauses(page, monkeypatch):
    monkeypatch.setattr(module, "NOBODY_AFTER", 0.2)
    shown = page(Choice("strip"), looks=False)
    shown.session.speed(1.0)
    shown.session.start()
    assert "nobody was looking" in shown.wait(lambda frame: frame.message != "").message


def test_frames_wait_for_the_page_but_not_for_ever(page, monkeypatch):
    shown = page(Choice("strip"), looks=False)
    shown.session.speed(1.0)
    shown.session.start()
    began = shown.wait(lambda frame: frame.state == "running").number
    time.sleep(0.5)
    assert shown.session.frame.number <= began + 1
    shown.wait(lambda frame: frame.number > began, 5.0)


def test_a_clicked_cell_is_read_and_followed_to_its_end(page):
    shown = page(Choice("strip", changes=SHORT))
    shown.session.step(3.0)
    shown.wait(lambda frame: frame.hours == 3.0)

    def tumour_place(livers):
        liver = livers[0]
        rows, y, x = liver.cells.drawn()
        row = np.flatnonzero(liver.model.world.cells["kind"][rows] == 0)[0]
        return float(x[row] / liver.view.shape[1]), float(y[row] / liver.view.shape[0])

    shown.session.click(0, *shown.session.call(tumour_place))
    told = shown.wait(lambda frame: frame.reading is not None).reading
    agent = shown.session.call(lambda livers: shown.session._screen.picked[1])
    assert told["title"].startswith("Tumour cell") and shown.frames[-1].livers[0]["mark"]
    senses = shown.session.call(lambda livers: agent.senses())
    assert [sense["name"] for sense in told["senses"]] == list(senses)
    explained = shown.session.call(lambda livers: agent.explain())
    fired = [rule["rule"] for reason in told["rules"] for rule in reason["rules"]]
    assert fired and all(f"{rule}: " in explained for rule in fired)
    shown.session.call(lambda livers: agent.die("kupffer"))
    shown.session.step(0.25)
    gone = shown.wait(lambda frame: frame.hours == 3.25).reading
    assert (
        "Kupffer cells" in gone["facts"] and not gone["rules"] and shown.frames[-1].livers[0]["mark"] is None
    )
    shown.session.forget()
    assert shown.wait(lambda frame: frame.reading is None)
    assert "died or left" in shown.session.call(lambda livers: fate(livers[0].model, -5))


def test_downloads_are_a_scenario_and_results_that_load(page, tmp_path):
    shown = page(Choice("strip", changes=SHORT | {"cells.nk.density": 7.0}))
    shown.session.step(4.0)
    shown.wait(lambda frame: frame.hours == 4.0)
    import tomllib

    again = from_dict(tomllib.loads(shown.session.call(download.scenario_file).decode()))
    assert again == load("strip", SHORT | {"cells.nk.density": 7.0})
    zipfile.ZipFile(io.BytesIO(shown.session.call(download.results_file))).extractall(tmp_path)
    result = Result.load(tmp_path / "strip")
    assert result.hours == 4.0 and result.scenario["cells"]["nk"]["density"] == 7.0


def test_the_cascade_of_the_page_is_the_funnel_of_the_result(page):
    shown = page(Choice("strip", changes={"run.days": 3.0}))
    shown.session.step(60.0)
    shown.wait(lambda frame: frame.hours == 60.0)
    live = shown.session.call(lambda livers: funnel(livers[0].model.engine.view()))
    result = shown.session.call(lambda livers: livers[0].model.result())
    assert live.equals(result.funnel()) and live["count"].iloc[0] > 10


@pytest.mark.parametrize("compare", [False, True])
def test_every_panel_draws_one_liver_and_two(page, compare):
    shown = page(Choice("strip", changes=SHORT, compare=compare))
    shown.session.step(8.0)
    shown.wait(lambda frame: frame.hours == 8.0)
    for name in panels.PANELS:
        before = shown.frames[-1].number
        shown.session.panel(name)
        drawn = shown.wait(lambda frame, before=before: frame.number > before).charts
        assert set(drawn) == {"strip", "cascade", "curves"}
        for chart in drawn.values():
            assert max(chart.count(f"<{tag}") for tag in ("svg", "table")) >= 1
            assert ">nan" not in chart.lower() and " nan" not in chart.lower()
            assert all(chart.count(f"<{tag}") == chart.count(f"</{tag}>") for tag in ("svg", "table", "tr"))
    assert len({id(one.session) for one in [shown]}) == 1


def test_sessions_share_nothing(page):
    one, other = page(), page(Choice("strip", seed=2, changes=SHORT))
    one.session.step(5.0)
    one.wait(lambda frame: frame.hours == 5.0)
    assert other.session.call(lambda livers: livers[0].hours) == 0.0
    models = [p.session.call(lambda livers: livers[0].model) for p in (one, other)]
    assert models[0].world is not models[1].world and models[1].seed == 2
