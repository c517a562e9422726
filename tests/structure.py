"""Figures of the code's structure: `python -m tests.structure` prints them as a table in Markdown."""

import ast
import statistics
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.imports import FLOORS, PACKAGES, ROOT, Imports, find_circle

DECILES = 10


def figures() -> Iterator[tuple[str, object]]:
    """Yield what is measured, and the figure."""
    imports = Imports()
    yield "modules, without migrations", len(imports.modules)
    yield "imports between them", sum(map(len, imports.of.values()))
    yield "imports that lead to a floor above", sum(len(imports.upward(floors)) for floors in FLOORS.values())
    yield "modules in a circle of imports", len(find_circle(imports.of))
    yield "folders in a circle of imports", len(find_circle(imports.of_folders))
    yield "modules of clinic_site that import an app", len(_importing_apps(imports))
    for package in PACKAGES:
        yield f"modules at the top of {package}", len(_own_modules(ROOT / package))
    folders = [folder for package in PACKAGES for folder in (ROOT / package).rglob("*") if folder.is_dir()]
    yield "modules of the fullest folder", max(len(_own_modules(folder)) for folder in folders)
    classes = Counter(name for module in imports.modules.values() for name in module.public_classes)
    yield "names of two public classes, without Command", sum(count > 1 for count in classes.values()) - 1
    yield from _sizes("source", [module.path for module in imports.modules.values()])
    yield from _sizes("tests", sorted((ROOT / "tests").rglob("*.py")))


def _importing_apps(imports: Imports) -> list[str]:
    return [
        name
        for name, imported in imports.of.items()
        if name.startswith("clinic_site.") and any(not other.startswith("clinic_site") for other in imported)
    ]


def _own_modules(folder: Path) -> list[Path]:
    return [path for path in folder.glob("*.py") if path.stem != "__init__"]


def _sizes(kind: str, paths: Iterable[Path]) -> Iterator[tuple[str, object]]:
    texts = [path.read_text() for path in paths]
    lines = [len(text.splitlines()) for text in texts]
    nodes = [node for text in texts for node in ast.walk(ast.parse(text))]
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
    lengths = [(function.end_lineno or 0) - function.lineno + 1 for function in functions]
    yield f"lines of {kind}", sum(lines)
    yield f"lines of the longest file of {kind}", max(lines)
    yield f"functions of {kind}", len(functions)
    ninth = round(statistics.quantiles(lengths, n=DECILES)[-1])
    yield (
        f"their lines: median / 90 % within / longest ({kind})",
        f"{statistics.median(lengths):.0f} / {ninth} / {max(lengths)}",
    )


def main() -> None:
    sys.stdout.write("| what | figure |\n|---|---|\n")
    for what, figure in figures():
        sys.stdout.write(f"| {what} | {figure} |\n")


if __name__ == "__main__":
    main()
