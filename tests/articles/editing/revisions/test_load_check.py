"""A saved file loads and breaks no other file."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

from articles.editing.revisions.load_check import check_loads
from clinic_site.content.files import ContentError
from tests.content_builders import make_article, make_content

pytestmark = pytest.mark.slow

DEEP = "".join(f"{'    ' * level}- item\n" for level in range(300))
CITING = make_article(body="A claim [@walking2020].\n", sources=["walking2020"], blocks=["unknowns"])


@pytest.fixture
def root(settings: Settings, tmp_path: Path) -> Path:
    settings.CONTENT_DIR = make_content(tmp_path, citing=CITING, other=make_article())
    return Path(settings.CONTENT_DIR)


@pytest.fixture
def text(root: Path) -> Callable[[str], str]:
    return lambda path: (root / path).read_text()


def refused(path: str, text: str) -> str:
    with pytest.raises(ContentError) as caught:
        check_loads(path, text)
    return str(caught.value)


def test_every_file_of_the_test_site_passes(root: Path) -> None:
    for file in [*root.rglob("*.md"), *root.rglob("*.yaml")]:
        path = file.relative_to(root).as_posix()
        check_loads(path, file.read_text())
        check_loads(path, "\ufeff" + file.read_text().replace("\n", "\r\n"))


def test_every_file_of_the_real_site_passes(real_content: Path) -> None:
    for file in [*real_content.rglob("*.md"), *real_content.rglob("*.yaml")]:
        check_loads(file.relative_to(real_content).as_posix(), file.read_text())


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("articles/new.md", "no front matter", "articles/new.md:1: The file must start with"),
        ("articles/new.md", make_article(topics=["nowhere"]), "The topic “nowhere” is not in topics.yaml"),
        ("articles/new.md", make_article(body="A claim [@nobody1999].\n"), "“@nobody1999” is not in references.yaml"),
        ("articles/new.md", make_article(body=DEEP), r"cannot be used (RecursionError)"),
        ("articles/series/other.md", make_article(), "The address “other” belongs to articles/other.md"),
        ("pages/about.md", "---\ntitle: About\n---\n", "There is no text below the front matter"),
        ("blocks/unknowns.md", "A claim [@nobody1999].\n", "“@nobody1999” is not in references.yaml"),
        ("blocks/unknowns.md", DEEP, r"cannot be used (RecursionError)"),
        ("topics.yaml", "topics: none", "“topics” must be a list"),
        ("crisis.yaml", "odd: none", "crisis.yaml:"),
        ("watch.yaml", "events: none", "“events” must be a list"),
        ("rules/tone.yaml", "", "rules/tone.yaml:1: "),
        ("clinic.yaml", "name: only", "clinic.yaml:1: "),
        ("glossary.yaml", "terms:\n  - {slug: a, term: A, definition: A., sources: [nobody1999]}\n", "“nobody1999”"),
    ],
    ids=str,
)
def test_a_file_that_would_not_load_is_refused_with_its_line(root: Path, path: str, text: str, words: str) -> None:
    if path == "rules/tone.yaml":
        path = "rules/wording.yaml"
        words = words.replace("tone", "wording")
    assert words in refused(path, text)


def test_a_page_may_not_take_a_reserved_address(text: Callable[[str], str]) -> None:
    error = refused("pages/search.md", text("pages/about.md"))
    assert "The address /search/ belongs to a part of this site" in error


def test_an_article_may_have_the_address_of_a_page(root: Path) -> None:
    check_loads("articles/about.md", make_article())


def test_an_unused_block_passes(root: Path) -> None:
    check_loads("blocks/new.md", DEEP)


def test_a_cited_source_cannot_be_removed(text: Callable[[str], str]) -> None:
    error = refused("references.yaml", text("references.yaml").replace("walking2020", "walking2021"))
    assert error.startswith("references.yaml:1: This would break glossary.yaml, line 1: The term “Chronic pain” names")


def test_a_used_topic_cannot_be_removed(root: Path) -> None:
    error = refused("topics.yaml", "topics:\n  - {slug: sleep, title: Sleep, description: Nights.}\n")
    assert "This would break articles/" in error
    assert "The topic “movement” is not in topics.yaml" in error


def test_an_existing_problem_does_not_refuse_a_save(root: Path, text: Callable[[str], str]) -> None:
    (root / "glossary.yaml").write_text("terms:\n  - {slug: a, term: A, definition: A., sources: [nobody1999]}\n")
    check_loads("topics.yaml", text("topics.yaml"))


def test_a_shared_file_that_was_never_valid_may_be_fixed_even_if_that_reveals_problems(root: Path) -> None:
    (root / "topics.yaml").write_text("topics: none")
    check_loads("topics.yaml", "topics:\n  - {slug: sleep, title: Sleep, description: Nights.}\n")
    check_loads("glossary.yaml", (root / "glossary.yaml").read_text())
