"""Rules about the code itself."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.imports import FLOORS, Imports, find_circle

ROOT = Path(__file__).parent.parent
APPS = ("appointments", "articles", "clinic_site")
SOURCES = sorted(path for app in APPS for path in (ROOT / app).rglob("*.py") if path.parent.name != "migrations")
LONGEST_FILE = 400
LONGEST_FUNCTION = 40


DJANGO_NAMES = ("Command", "Meta")  # of each command, and inside models and forms
DJANGO_FOLDERS = ("commands", "management", "migrations", "templatetags")


@pytest.fixture(scope="module")
def imports() -> Imports:
    return Imports()


def test_no_modules_import_one_another_in_a_circle(imports: Imports) -> None:
    assert find_circle(imports.of) == []


def test_no_folders_import_one_another_in_a_circle(imports: Imports) -> None:
    assert find_circle(imports.of_folders) == []


@pytest.mark.parametrize("part", FLOORS)
def test_no_module_imports_from_a_floor_above(imports: Imports, part: str) -> None:
    assert imports.upward(FLOORS[part]) == []


def test_every_module_of_the_apps_has_its_floor(imports: Imports) -> None:
    named = {name for lists in FLOORS.values() for floor in lists for name in floor} - {"articles", "appointments"}
    homeless = [
        name
        for name in imports.modules
        if name.startswith(("articles.", "appointments."))
        and not any(f"{name}.".startswith(f"{top}.") for top in named)
    ]
    assert homeless == []


@pytest.mark.parametrize(("app", "other"), [("articles", "appointments"), ("appointments", "articles")])
def test_the_two_apps_never_import_each_other(imports: Imports, app: str, other: str) -> None:
    guilty = [
        name
        for name, imported in imports.of.items()
        if name.startswith(app) and any(module.startswith(other) for module in imported)
    ]
    assert guilty == []


def test_no_two_public_classes_share_a_name(imports: Imports) -> None:
    names = Counter(name for module in imports.modules.values() for name in module.public_classes)
    assert [name for name, count in names.items() if count > 1 and name not in DJANGO_NAMES] == []


def test_no_folder_holds_a_single_module_and_nothing_else(imports: Imports) -> None:
    folders = Counter(module.path.parent for module in imports.modules.values() if module.path.stem != "__init__")
    parents = {folder.parent for folder in folders}
    lonely = [
        folder
        for folder, count in folders.items()
        if count == 1 and folder not in parents and folder.name not in DJANGO_FOLDERS
    ]
    assert lonely == []


def test_no_command_imports_from_another() -> None:
    commands = [path for path in SOURCES if path.parent.name == "commands"]
    assert len(commands) > 3
    assert [path for path in commands if "management.commands" in path.read_text()] == []


def test_files_and_functions_stay_short() -> None:
    assert [path for path in SOURCES if len(path.read_text().splitlines()) > LONGEST_FILE] == []
    functions = [
        node for path in SOURCES for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)
    ]
    assert [node.name for node in functions if (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION] == []


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
    loads = re.compile(r"""(?:src|action|<link[^>]+href)=["']https?:|(?:url\(|@import)\s*["']?(?:https?:|//)""")
    files = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static").rglob("*.css")]
    assert [path for path in files if loads.search(path.read_text())] == []
