"""Which module of the project imports which: imports inside functions and those for type checkers count."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("appointments", "articles", "clinic_site")


def _floors(package: str, *lines: str) -> list[list[str]]:
    """Each line names the parts of the package that may import one another, and what the lines before it name."""
    return [[f"{package}.{name}" for name in line.split()] for line in lines]


FLOORS = {
    "the site": [["clinic_site"], ["articles", "appointments"]],
    "articles": _floors(
        "articles",
        "content models",
        "disk_cache frontmatter rendering",
        "review_status",
        "article_index loading",
        "library",
        "article_page feeds health rules search search_index search_sections sitemaps",
        "readers review_reminders",
        "editing",
        "background my_questions templatetags views",
        "publication urls",
        "admin apps management",
    ),
    "articles/editing": _floors(
        "articles.editing",
        "revisions",
        "drafts pictures shared_files",
        "preview review",
        "article_list editor",
        "rename",
        "pages",
        "urls",
    ),
    "appointments": _floors(
        "appointments",
        "choices",
        "audit_text phones references scripts visit_time",
        "models",
        "policies request_form",
        "visits",
        "emails forms intake",
        "outbox workflow",
        "booking",
        "reminders",
        "after_restore alarms desk health patient_page retention waiting_list",
        "admin choose_time templatetags views",
        "apps management urls",
    ),
}


@dataclass(frozen=True)
class Module:
    """A source file of the product; migrations are left out."""

    name: str  # as it is imported
    path: Path

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text())

    @property
    def public_classes(self) -> list[str]:
        return [
            node.name for node in self.tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
        ]


class Imports:
    """The modules of the product, and for each the modules that it imports."""

    def __init__(self, root: Path = ROOT, packages: Iterable[str] = PACKAGES) -> None:
        files = (path for package in packages for path in sorted((root / package).rglob("*.py")))
        found = (Module(_name(path.relative_to(root)), path) for path in files if path.parent.name != "migrations")
        self.modules = {module.name: module for module in found}

    @cached_property
    def of(self) -> Mapping[str, frozenset[str]]:
        """Name of a module -> names of the modules that it imports."""
        return {name: frozenset(self._imported(module)) - {name} for name, module in self.modules.items()}

    def _imported(self, module: Module) -> Iterator[str]:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    yield from (name for name in (f"{node.module}.{alias.name}", node.module) if name in self.modules)
            elif isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names if alias.name in self.modules)

    @property
    def of_folders(self) -> Mapping[str, set[str]]:
        """Return the imports between folders; a module beside folders counts as a folder of one."""
        parents = {_parent(_parent(name)) for name in self.modules}
        room = {name: name if _parent(name) in parents else _parent(name) for name in self.modules}
        found: dict[str, set[str]] = defaultdict(set)
        for name, imported in self.of.items():
            found[room[name]] |= {room[other] for other in imported} - {room[name]}
        return found

    def upward(self, floors: Iterable[Iterable[str]]) -> list[str]:
        """Return the imports, as "a imports b", that lead to a later floor; a floor is names of packages or modules."""
        rank = {name: number for number, floor in enumerate(floors) for name in floor}
        ranked = {name: _rank(name, rank) for name in self.modules}
        return [
            f"{name} imports {other}"
            for name, others in self.of.items()
            for other in sorted(others)
            if (own := ranked[name]) is not None and (its := ranked[other]) is not None and its > own
        ]


def _rank(name: str, rank: Mapping[str, int]) -> int | None:
    """Return the rank of the longest part of `name` that has one."""
    parts = name.split(".")
    prefixes = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
    return next((rank[prefix] for prefix in prefixes if prefix in rank), None)


def find_circle(imports: Mapping[str, Iterable[str]]) -> list[str]:
    """Return names that import one another in a circle, the first of them at the end again; [] where none do."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        return circle
    return []


def _parent(name: str) -> str:
    return name.rpartition(".")[0]


def _name(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")
