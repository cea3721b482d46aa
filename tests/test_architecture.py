"""Who may import whom: the table of `motion/README.md`, held on the syntax trees."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# A line may import only lines below it; neighbours on a line do not see each other.
CORE = ("admission", "authorship", "composing", "draft", "knowledge", "neighbours", "order", "outlet")
CORE += ("presence", "refusals", "session", "snapshots", "typist", "written")
LAYERS = (
    ("motion.__main__",),
    ("motion.commands",),
    ("motion.command_line", "motion.command_refusals"),
    ("motion.command_words",),
    ("motion.rehearsal", "motion.witness_commands"),
    ("motion.demonstration",),
    ("motion.service",),
    ("motion.archive",),
    ("motion.web", "motion.work", "motion.witness"),
    ("motion.media",),
    ("motion.live", "motion.exports", "motion.audit"),
    ("motion.acts",),
    ("storage", "+".join(f"motion.live.{name}" for name in (*CORE, "updates", "wire"))),
    ("motion.record", "motion.rules"),
    ("motion.language", "motion.settings", "motion.outgoing", "motion.key_files"),
)
# Only these may import the library: its rest would couple a room to it.
ONLY = {
    "sqlmodel": ("storage", "motion.acts"),
    "sqlalchemy": ("storage", "motion.acts"),
    "starlette": ("motion.web", "motion.live.listener", "motion.live.fallback", "motion.live.server", "motion.witness"),
    "pycrdt": ("motion.live", "motion.exports", "motion.audit"),
    "uvicorn": ("motion.live.server", "motion.service", "motion.witness"),
}
PURE = ("motion.rules", "motion.record")
IMPURE = {
    "asyncio",
    "time",
    "random",
    "secrets",
    "socket",
    "sqlite3",
    "urllib.request",
    "http",
    "subprocess",
    "threading",
}


def modules() -> dict[str, Path]:
    """Every module of the service, by its dotted name."""
    found = {}
    for room in ("motion", "storage"):
        for path in (ROOT / room).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(part for part in parts if part != "__init__")] = path
    return found


def imports(name: str, path: Path) -> set[str]:
    """The dotted names that a module imports, relative ones resolved."""
    found = set()
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                stem = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*stem, base] if base else stem)
            submodules = {f"{base}.{alias.name}" for alias in node.names} & KNOWN
            found |= submodules or {base}
    return found


KNOWN = set(modules())


def inside(name: str, room: str) -> bool:
    """Whether a module lies in a room."""
    return name == room or name.startswith(room + ".")


def place(name: str) -> tuple[int, str] | None:
    """The line of a module and its room on that line: the most precise name wins."""
    best: tuple[int, int, str] | None = None
    for line, rooms in enumerate(LAYERS):
        for rooms_together in rooms:
            for room in rooms_together.split("+"):
                if inside(name, room) and (best is None or len(room) > best[0]):
                    best = (len(room), line, rooms_together)
    return best and best[1:]


@pytest.mark.parametrize("name", sorted(modules()))
def test_a_module_imports_only_lines_below_its_own(name: str) -> None:
    """And no neighbour on its own line."""
    own = place(name)
    if own is None:
        assert name == "motion", f"{name} has no line in LAYERS"
        return
    for target in imports(name, modules()[name]):
        other = place(target)
        if other is None or (target not in modules() and target.rpartition(".")[0] not in modules()):
            continue
        assert other == own or other[0] > own[0], f"{name} imports {target}"


@pytest.mark.parametrize("library", sorted(ONLY))
def test_a_library_stays_in_its_room(library: str) -> None:
    """SQLModel in storage and acts, Starlette in web and the listener, pycrdt in live."""
    for name, path in modules().items():
        if any(inside(target, library) for target in imports(name, path)):
            assert any(inside(name, room) for room in ONLY[library]), f"{name} imports {library}"


@pytest.mark.parametrize("room", PURE)
def test_rules_and_record_touch_nothing(room: str) -> None:
    """No clock, no chance, no network, no database; the record stands on the standard library alone."""
    for name, path in modules().items():
        if inside(name, room):
            found = imports(name, path)
            assert not found & IMPURE, f"{name} imports {found & IMPURE}"
            if room == "motion.record":
                outside = {target for target in found if target.startswith(("motion.rules", "storage", "sqlmodel"))}
                assert not outside, f"{name} imports {outside}"


def test_packages_of_the_roots_import_nothing() -> None:
    """`import motion` costs nothing and pulls nothing in."""
    for room in ("motion", "storage"):
        assert imports(room, ROOT / room / "__init__.py") == set()
