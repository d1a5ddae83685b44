"""Whatever is changed, undone and restored, no version is ever lost or altered."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ftcore.data.examples import Example, Task
from ftcore.data.likeness import spelling_vectors
from ftcore.errors import FtcoreError
from ftcore.settings import Settings
from ftcore.workshop import Workshop

WORDS = ("hola", "envío", "pago", "talla", "hora", "cambio", "tienda", "precio")
EXAMPLES = st.builds(
    Example.from_pair,
    st.sampled_from([f"¿Qué hay de {word}?" for word in WORDS]),
    st.sampled_from(["Sí.", "No.", "Depende."]),
)
State = tuple[tuple[Example, ...], tuple[int, ...] | None]


class Spelled:
    name, is_semantic = "spelled", True

    def query(self, texts):
        return spelling_vectors(texts)

    passage = query


class Versions(RuleBasedStateMachine):
    """A participant with one project; ``undoable`` and ``redoable`` are the model."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr("ftcore.workshop.dataset_views.default_embedder", Spelled)
        path = Path(self.folder.name)
        self.workshop = Workshop(
            Settings(path, f"sqlite:///{path / 't.db'}", "secret", "password")
        )
        self.workshop.projects.save(
            "ana", use_case="own", template=None, name="n", objective="o"
        )
        self.datasets = self.workshop.datasets
        self.datasets.start_table("ana", Task.CHAT)
        self.known: dict[str, State] = {}
        self.undoable: list[State] = []
        self.redoable: list[State] = []
        self.now: State = ((), None)
        self.known[self.newest().id] = self.now

    def teardown(self) -> None:
        self.workshop.context.engines.close()
        self.workshop.context.store.close()
        self.patch.undo()
        self.folder.cleanup()

    def newest(self):
        return self.workshop.context.store.datasets(self.project)[0]

    @property
    def project(self) -> str:
        return self.workshop.context.project("ana").id

    def state(self) -> State:
        current = self.datasets.current("ana")
        held_out = current.row.held_out
        return current.dataset.examples, held_out and tuple(held_out)

    def changed(self) -> None:
        """Note what a change has made, unless it has made nothing."""
        if (after := self.state()) != self.now:
            self.undoable.append(self.now)
            self.redoable.clear()
        self.now = after
        self.known.setdefault(self.newest().id, after)

    @rule(examples=st.lists(EXAMPLES, max_size=8))
    def replace(self, examples):
        self.datasets.replace("ana", examples)
        assert self.state()[0] == tuple(examples)
        self.changed()

    @rule(example=EXAMPLES)
    def add(self, example):
        self.datasets.add_examples("ana", [example])
        assert self.state()[0] == (*self.now[0], example)
        self.changed()

    @precondition(lambda self: self.now[0])
    @rule()
    def fix(self):
        shown = self.datasets.preview_all("ana")
        assert self.datasets.fix_all("ana") == shown
        assert self.state()[0] == shown.dataset.examples
        self.changed()

    @precondition(lambda self: self.now[0])
    @rule(rows=st.sets(st.integers(1, 8), max_size=4))
    def hold_out(self, rows):
        try:
            current = self.datasets.hold_out("ana", rows)
        except FtcoreError:
            assert self.state() == self.now
            return
        assert rows <= set(current.plan.held_out)
        self.changed()

    @rule()
    def undo(self):
        self.datasets.undo("ana")
        if self.undoable:
            self.redoable.append(self.now)
            self.now = self.undoable.pop()
        assert self.state() == self.now
        self.known.setdefault(self.newest().id, self.now)

    @rule()
    def redo(self):
        self.datasets.redo("ana")
        if self.redoable:
            self.undoable.append(self.now)
            self.now = self.redoable.pop()
        assert self.state() == self.now
        self.known.setdefault(self.newest().id, self.now)

    @rule(back=st.integers(0, 50))
    def restore(self, back):
        rows = self.workshop.context.store.datasets(self.project)
        version_id = rows[back % len(rows)].id  # ids differ from run to run
        self.datasets.restore("ana", version_id)
        assert self.state() == self.known[version_id]
        self.changed()

    @invariant()
    def every_version_is_as_it_was(self):
        rows = self.workshop.context.store.datasets(self.project)
        assert [row.number for row in rows] == list(range(len(rows), 0, -1))
        for row in rows:
            kept, plan = self.datasets.load(row)
            examples, held_out = self.known[row.id]
            assert kept.dataset.examples == examples
            assert held_out is None or plan.held_out == held_out


Versions.TestCase.settings = hypothesis_settings(
    max_examples=12, stateful_step_count=20, deadline=None
)
TestVersions = Versions.TestCase
