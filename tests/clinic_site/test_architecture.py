"""Rules about the code itself."""

import ast
import re
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).parent.parent.parent
APPS = ("appointments", "articles", "clinic_site")
SOURCES = sorted(path for app in APPS for path in (ROOT / app).rglob("*.py") if path.parent.name != "migrations")
LONGEST_FILE = 400
LONGEST_FUNCTION = 40


def imported_by(path: Path) -> set[str]:
    """Top-level names of every module the file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
    return found


@pytest.mark.parametrize(("app", "other"), [("articles", "appointments"), ("appointments", "articles")])
def test_the_two_apps_never_import_each_other(app: str, other: str) -> None:
    guilty = [path for path in SOURCES if path.is_relative_to(ROOT / app) and other in imported_by(path)]
    assert guilty == []


def test_no_command_imports_from_another() -> None:
    commands = [path for path in SOURCES if path.parent.name == "commands"]
    assert len(commands) > 3
    assert [path for path in commands if "management.commands" in path.read_text()] == []


def test_files_and_functions_stay_short() -> None:
    assert [path for path in SOURCES if len(path.read_text().splitlines()) > LONGEST_FILE] == []
    functions = [
        node for path in SOURCES for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)
    ]
    assert [each.name for each in functions if (each.end_lineno or 0) - each.lineno >= LONGEST_FUNCTION] == []


def test_mark_safe_lives_in_rendering_alone() -> None:
    users = {
        path.relative_to(ROOT).parts[:2] for path in SOURCES if re.search(r"mark_safe|SafeString\(", path.read_text())
    }
    assert users == {("articles", "rendering")}


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_test_file_is_collected() -> None:
    """A folder without __init__.py, or a file with another name, would never run."""
    files = {
        path
        for path in (ROOT / "tests").rglob("*.py")
        if re.search(r"^def test_|^    def test_", path.read_text(), re.MULTILINE)
    }
    strays = {path for path in files if not path.name.startswith("test_") or not (path.parent / "__init__.py").exists()}
    assert strays == set()


def test_no_file_names_another_host_for_pages_to_load_from() -> None:
    loads = re.compile(r"""(?:src|action)=["']https?:|<link[^>]+href=["']https?:|url\(["']?https?:|@import""")
    files = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static").rglob("*.css")]
    assert [path for path in files if loads.search(path.read_text())] == []
