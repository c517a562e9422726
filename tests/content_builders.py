"""Plain builders for content: an article's text, and a folder of files to load a library from."""

import datetime as dt
import re
import shutil
from pathlib import Path

import yaml

from articles.library import load_library

TESTS_CONTENT = Path(__file__).parent / "content"
ARTICLE = {
    "title": "Walking with a sore back",
    "summary": "What a daily walk may and may not do.",
    "audience": "Adults with a sore back.",
    "main_message": "A walk may help a little.",
    "topics": ["movement"],
    "author": {"name": "Website team", "role": "writers, not clinicians"},
    "drafting": "Drafted by people.",
    "status": "published",
    "published": "2026-01-10",
    "updated": "2026-02-01",
    "review_due": "2027-01-10",
    "conflict": "The clinic may gain.",
}
REMOVED = object()
REVIEWER = {
    "name": "R. Name",
    "credentials": "MD",
    "license_state": "FL",
    "on": dt.date(2026, 2, 1),
    "text": "0" * 64,  # of no text: a signature that does not hold
}


def make_article(body: object = "## A walk\n\nIt may help a little.\n", **overrides: object) -> str:
    """The text of an article file; a key set to REMOVED is left out."""
    fields = {key: value for key, value in {**ARTICLE, **overrides}.items() if value is not REMOVED}
    lines = (f"{key}: {_yaml(value)}" for key, value in fields.items())
    front = "\n".join(lines)
    return f"---\n{front}\n---\n{body}"


def make_signed(root: Path, slug: str, **reviewer: object) -> None:
    """Signs the article of that slug in the content folder `root`, in the file itself."""
    article = load_library(root).articles[slug]
    line = _yaml({**REVIEWER, "text": article.text_hash, **reviewer})
    file = root / article.path
    unsigned = re.sub("^reviewer:.*\n", "", file.read_text(), flags=re.MULTILINE)
    file.write_text(unsigned.replace("---\n", f"---\nreviewer: {line}\n", 1))


def make_content(folder: Path, **articles: str) -> Path:
    """A content folder with the tests' shared files and the given articles (slug with underscores -> text)."""
    root = folder / "content"
    shutil.copytree(TESTS_CONTENT, root, ignore=shutil.ignore_patterns(".*"))
    (root / "articles" / "walking.md").unlink()
    for slug, text in articles.items():
        (root / "articles" / f"{slug.replace('_', '-')}.md").write_text(text)
    return root


def _yaml(value: object) -> str:
    """One line of YAML; texts that look like dates stay bare, as editors type them."""
    if isinstance(value, str) and value[:4].isdigit():
        return value
    return yaml.safe_dump(value, default_flow_style=True, width=1000).removesuffix("\n...\n").strip()
