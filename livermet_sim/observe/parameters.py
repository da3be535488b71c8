"""Say how often and when a run is looked at."""

from livermet_sim.base.specs import Parameter, Section

SECTION = Section(
    "observe",
    "What a run records; recording never changes it.",
    (
        Parameter("interval", 2.0, "h", "Time between two rows of the time series.", 0.01, 1e4),
        Parameter(
            "snapshots", "0.25 1 3 7 14 21 28", "", "Days at which the whole tissue is kept, besides the end."
        ),
        Parameter(
            "frames",
            6.0,
            "h",
            "Time between two frames of films, a sixth of it on the first day; 0 keeps none.",
            0.0,
            1e4,
        ),
        Parameter("events", True, "", "Whether every tumour event is kept."),
    ),
)
