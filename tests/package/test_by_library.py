"""What a well-kept library does is not done by hand, and what we do ourselves stands in one place."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import beta, norm

import livermet_sim
from livermet_sim.base.aligned import aligned
from livermet_sim.matching.target import _error
from livermet_sim.observe.funnel import interval

PACKAGE = Path(livermet_sim.__file__).parent


def files_with(pattern: str) -> set[str]:
    """Return the files whose text has a pattern."""
    return {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if re.search(pattern, path.read_text(encoding="utf-8"))
    }


def test_no_quantile_is_written_down():
    quantiles = (f"{norm.ppf(share):.6f}" for share in (0.9, 0.95, 0.975, 0.995))
    # 1.96, 1.960 or 1.95996, and so on
    written = [f"{float(q):.{n}f}".replace(".", r"\.") for q in quantiles for n in (2, 3, 4, 5)]
    assert r"1\.96" in written
    assert files_with(rf"(?<![\d.])({'|'.join(set(written) - {'1' + chr(92) + '.28'})})(?!\d)") == set()


def test_columns_of_words_are_set_in_one_place():
    assert files_with(r"\.[lr]just\(") == {"base/aligned.py"}
    assert aligned([("a", "bb"), ("ccc", "")]) == "a    bb\nccc" and aligned([]) == ""


def test_a_band_of_an_experiment_is_its_95_per_cent_interval():
    assert _error(-norm.ppf(0.975), norm.ppf(0.975)) == pytest.approx(1.0, abs=1e-12)
    assert _error(-np.inf, 1.0) == _error(0.0, np.inf) == 0.2


@pytest.mark.parametrize(("count", "total"), [(0, 7), (7, 7), (3, 9), (2.5, 6.25)])
def test_the_interval_of_a_share_is_that_of_scipy(count, total):
    low, high = interval(count, total)
    wanted = beta.ppf(0.025, count, total - count + 1), beta.ppf(0.975, count + 1, total - count)
    assert (low, high) == pytest.approx(tuple(np.nan_to_num(wanted, nan=float(count > 0))), rel=1e-12)
