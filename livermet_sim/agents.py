"""Show cells as Mesa agents: views of rows, made when somebody looks and never in a headless run."""

from __future__ import annotations

import multiprocessing
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from livermet_sim.base.errors import LivermetError, nearest
from livermet_sim.cells.kind import Kind
from livermet_sim.cells.registry import KINDS
from livermet_sim.cells.state import State
from livermet_sim.interventions.by_hand import BOUNDS, COLUMNS, kill
from livermet_sim.interventions.by_hand import write as write_column
from livermet_sim.kernels.codes import LUMEN
from livermet_sim.rulebook.explain import explain_cell, senses
from livermet_sim.scenario.life import Life, heard
from livermet_sim.state.roster import GONE, Roster
from livermet_sim.state.table import Column
from livermet_sim.state.world import World

# Mesa 3.3 sets the start method of multiprocessing for the whole process; that choice is the user's.
_start_method = multiprocessing.get_start_method(allow_none=True)
import mesa  # noqa: E402
from mesa.agent import AgentSet  # noqa: E402

multiprocessing.set_start_method(_start_method, force=True)

WEAKEST = 1e-3  # rules that act less than this are left out of an explanation


class Cell(mesa.Agent):
    """Look at one cell of a run, found by its key wherever its row stands; columns are attributes.

    Writing an attribute writes the run's array. A subclass may have a ``step()`` of its own, called once a tick
    (see `LiverModel`), and keeps values of its own in attributes that its class declares.

    Parameters
    ----------
    model : LiverModel
        The run; views are made by it and not by hand.
    key : int
        Key of the cell, the same for as long as it lives.

    Raises
    ------
    LookupError
        When anything but ``alive`` and ``key`` is asked of a cell that is dead or gone.
    """

    def __init__(self, model: Any, key: int):
        # Mesa's own __init__ would register every view, and Mesa 3.3 never lets go of a model that has one.
        self.__dict__.update(model=model, _key=key, _row=GONE)

    if TYPE_CHECKING:
        model: Any

        def __getattr__(self, name: str) -> Any: ...

    def step(self) -> None:
        """Do nothing: the engine moves the cell; a subclass may act here once a tick, before the engine does."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name in COLUMNS and name not in BOUNDS:
            raise AttributeError(f'"{name}" of a cell follows from the run and can only be read')
        if not name.startswith("_") and not hasattr(type(self), name):
            close = nearest(name, BOUNDS)
            hint = f'; did you mean "{close}"?' if close else ""
            raise AttributeError(
                f'{type(self).__name__} cells have no "{name}"{hint} (an attribute of your own is declared in '
                f"your class, as in {name} = 0)"
            )
        object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        if not self.alive:
            return f"<{type(self).__name__} {self._key}, dead or gone>"
        x, y = self.pos
        return f"<{type(self).__name__} {self._key} at ({x:g}, {y:g}) um>"

    @property
    def unique_id(self) -> int:
        """Return the cell's key: its identity for ever."""
        return self._key

    @property
    def key(self) -> int:
        """Return the cell's key: its identity for ever."""
        return self._key

    @property
    def alive(self) -> bool:
        """Say whether the cell is alive and in the tissue."""
        return self._find() != GONE

    @property
    def kind(self) -> str:
        """Return the name of the cell's kind."""
        return str(self._world.kinds[self._value("kind")])

    @property
    def pos(self) -> tuple[float, float]:
        """Return the place of the cell, x and y in um."""
        x, y = self._world.tissue.xy(np.array([self._value("site")]))
        return float(x[0]), float(y[0])

    def senses(self) -> dict[str, float]:
        """Return what the cell senses now, by signal, of the signals that the rules of its kind use."""
        roster = self.model.roster
        return senses(self.model.engine.compiled, roster.counted(), self._here())

    def explain(self) -> str:
        """Return what the cell is about to do and which rules make it so, the strongest first."""
        roster, engine = self.model.roster, self.model.engine
        words = self.model.scenario.rules.words.behaviours[self.kind]
        world, row = roster.counted(), self._here()
        site, (x, y) = self._value("site"), self.pos
        layer = "vessel" if self._value("layer") == LUMEN else "tissue"
        lines = [
            f"{self.kind} {self._key} in the {layer} at ({x:g}, {y:g}) um, zone {world.tissue.zone[site]:.2f}; "
            "a rule of strength 1 has half its effect"
        ]
        idle = []
        for reason in explain_cell(engine.compiled, world, row):
            unit = words[reason.behaviour].unit
            amount = f"{reason.value:.4g}" + ("" if unit == "1" else f" {unit}")
            terms = [term for term in reason.terms if term.strength >= WEAKEST]
            if not terms:
                idle.append(f"{reason.behaviour} {amount}")
                continue
            lines.append(f"  {reason.behaviour}: {amount} (base {reason.base:.4g})")
            lines += [
                f"    {term.rule}: {term.signal} = {term.value:.4g} {term.direction} it, strength {term.strength:.3g}"
                for term in terms
            ]
        if idle:
            text = "  no rule acts on: " + ", ".join(idle)
            lines.append(textwrap.fill(text, 110, subsequent_indent="    ", break_on_hyphens=False))
        return "\n".join(lines)

    def neighbours(self, kind: str | type[Cell] | None = None) -> AgentSet:
        """Return the other cells at this site and the ones it touches, of one kind or of all."""
        roster, own = self.model.roster, self._value("site")
        cells = roster.world.cells
        near = np.append(roster.world.tissue.contacts[own], own)
        rows = roster.rows(roster.codes(kind))
        rows = rows[np.isin(cells.full("site")[rows], near) & (cells.full("key")[rows] != self._key)]
        return AgentSet(roster.look(rows), random=self.model.random)

    def die(self, cause: str = "treatment") -> None:
        """Kill the cell; the death of a tumour cell is logged and counted under its cause.

        Raises
        ------
        ValueError
            When the cause is none that a cell can die of.
        """
        kill(self._world, self._here(), cause)
        self.model.roster.changed()

    def remove(self) -> None:
        """Take the cell away, as a treatment does."""
        self.die()

    @property
    def _world(self) -> World:
        return self.model.roster.world

    def _find(self) -> int:
        row = self.model.roster.row(self._key, self._row)
        self.__dict__["_row"] = row
        return row

    def _here(self) -> int:
        row = self._find()
        if row == GONE:
            raise LookupError(
                f"{type(self).__name__} {self._key} is dead or has left; of it only its key is known"
            )
        return row

    def _value(self, name: str) -> Any:
        return self._world.cells.full(name)[self._here()].item()


def _attribute(column: Column, writable: bool) -> property:
    """Return the attribute for a column."""
    name = column.name

    def read(self: Cell) -> Any:
        return self._value(name)

    def write(self: Cell, value: Any) -> None:
        write_column(self._world, self._here(), name, value)
        self.model.roster.changed()

    return property(read, write if writable else None, None, f"{column.doc} [{column.unit}]")


for _name, _column in COLUMNS.items():
    if _name not in vars(Cell):
        setattr(Cell, _name, _attribute(_column, _name in BOUNDS))


class Tumour(Cell):
    """Look at a tumour cell."""

    def biography(self) -> Life:
        """Return what has happened to the cell and which rules spoke then; the run is made again to hear them.

        Raises
        ------
        LivermetError
            When the run was changed by hand.
        """
        return heard(self.model.engine, str(self._key))


def name_of(kind: Kind) -> str:
    """Return the name of the class of a kind: in capitals where its cells are called so, as NK cells are."""
    called = kind.look.one.split() if kind.look else ()
    capitals = kind.name.upper()
    return capitals if capitals in called else "".join(part.capitalize() for part in kind.name.split("_"))


def _made(kind: Kind) -> type[Cell]:
    """Return a class for a kind, with its states as attributes."""
    own = {s.name: _attribute(s.column, True) for s in kind.states if s.name not in COLUMNS}
    doc = f"Look at a cell of a kind. {kind.doc}"
    return type(name_of(kind), (Cell,), {"__doc__": doc, "__module__": __name__, **own})


# a kind has a class by being one; only what a cell can do that others cannot is written here
SHIPPED: dict[str, type[Cell]] = {
    kind.name: Tumour if kind.name == "tumour" else _made(kind) for kind in KINDS
}
globals().update({found.__name__: found for found in SHIPPED.values()})
_MADE: dict[tuple[str, tuple[State, ...]], type[Cell]] = {}


def kind_class(kind: Kind) -> type[Cell]:
    """Return the class of a kind, made here for a kind that a scenario adds or a user has registered."""
    if kind.name in SHIPPED:
        return SHIPPED[kind.name]
    key = kind.name, kind.states
    if key not in _MADE:
        _MADE[key] = _made(kind)
    return _MADE[key]


def choose_classes(kinds: Sequence[Kind], own: Mapping[str, type[Cell]]) -> tuple[type[Cell], ...]:
    """Return the class of each kind, the user's own where there is one.

    Raises
    ------
    LivermetError
        For an unknown kind, or a class that does not derive from the kind's.
    """
    names = [kind.name for kind in kinds]
    for kind, found in own.items():
        if kind not in names:
            raise LivermetError("agents", f'"{kind}" is not a kind of cell', name=str(kind), valid=names)
        base = SHIPPED.get(kind, Cell)
        if not (isinstance(found, type) and issubclass(found, base)):
            raise LivermetError(
                f"agents.{kind}", f"{found!r} is not a class derived from livermet_sim.{base.__name__}"
            )
    return tuple(own.get(kind.name) or kind_class(kind) for kind in kinds)


class CellSet(AgentSet):
    """Hold the living cells of some kinds, in the order of their keys; it follows the run, views are made on a look.

    It answers what Mesa's ``AgentSet`` answers; `select` and its like return an ordinary ``AgentSet``.
    """

    def __init__(self, roster: Roster, codes: Sequence[int]):
        self._roster, self._codes = roster, tuple(codes)
        self.random = roster.model.random

    def now(self) -> AgentSet:
        """Return an ordinary ``AgentSet`` of the cells that are here now."""
        return AgentSet(list(self), random=self.random)

    def __len__(self) -> int:
        return len(self._roster.rows(self._codes))

    def __iter__(self) -> Iterator[Any]:
        return iter(self._roster.look(self._roster.rows(self._codes)))

    def __contains__(self, agent: object) -> bool:
        if not isinstance(agent, Cell) or agent.model is not self._roster.model or not agent.alive:
            return False
        return agent._value("kind") in self._codes

    def __repr__(self) -> str:
        return f"<{len(self)} cells: {', '.join(self._roster.world.kinds[code] for code in self._codes)}>"

    def get(self, attr_names: Any, handle_missing: str = "error", default_value: Any = None) -> list[Any]:
        """Return an attribute, or several, of every cell; columns are read without making views."""
        names = [attr_names] if isinstance(attr_names, str) else list(attr_names)
        classes = [self._roster.classes[code] for code in self._codes]
        if not all(
            name in COLUMNS and all(vars(Cell)[name] is getattr(c, name) for c in classes) for name in names
        ):
            return self.now().get(attr_names, handle_missing, default_value)  # type: ignore[arg-type]
        world, rows = self._roster.world, self._roster.rows(self._codes)
        found = [world.cells.full(name)[rows].tolist() for name in names]
        for name, values in zip(names, found, strict=True):
            if name in ("kind", "alive"):
                values[:] = [world.kinds[v] if name == "kind" else True for v in values]
        return (
            found[0] if isinstance(attr_names, str) else [list(values) for values in zip(*found, strict=True)]
        )

    def add(self, agent: Any) -> NoReturn:
        """Refuse: cells come with the run."""
        raise TypeError("cells come and go with the run; kill one with cell.die()")

    discard = remove = add

    def __copy__(self) -> AgentSet:
        return self.now()


def _delegate(name: str) -> Any:
    def method(self: CellSet, *args: Any, **keys: Any) -> Any:
        return getattr(self.now(), name)(*args, **keys)

    method.__name__, method.__doc__ = name, getattr(AgentSet, name).__doc__
    return method


for _name in ("select", "shuffle", "sort", "do", "shuffle_do", "map", "groupby", "__getitem__", "to_list"):
    if hasattr(AgentSet, _name):
        setattr(CellSet, _name, _delegate(_name))


class CellsByType(dict[Any, CellSet]):
    """Hold the cells of each class; a base class or the name of a kind finds its cells too."""

    def __init__(self, roster: Roster):
        super().__init__({found: CellSet(roster, roster.codes(found)) for found in roster.classes})
        self._roster = roster

    def __missing__(self, kind: Any) -> CellSet:
        codes = self._roster.codes(kind) if isinstance(kind, str | type) else ()
        if not codes:
            raise KeyError(kind)
        return CellSet(self._roster, codes)
