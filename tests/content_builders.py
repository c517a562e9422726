"""Builders for content: the text of an article, and a content folder."""

import datetime as dt
import re
import shutil
from pathlib import Path

import yaml

from articles.library import load_library
from articles.rendering.signed_text import text_hash

TESTS_CONTENT = Path(__file__).parent / "content"
ARTICLE = {
    "title": "Walking with a sore back",
    "summary": "What a daily walk may and may not do.",
    "audience": "Adults with a sore back.",
    "main_message": "A walk may help a little.",
    "answers": {
        "works": "Perhaps a little. {certainty: low}",
        "safe": "For most people it is. {certainty: not graded}",
        "for_me": "Ask your clinician. {certainty: disputed}",
    },
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
    "text": "0" * 64,  # of no text: an invalid signature
}


def make_article(body: object = "## A walk\n\nIt may help a little.\n", **overrides: object) -> str:
    """Return the text of an article file; a key set to REMOVED is left out."""
    fields = {key: value for key, value in {**ARTICLE, **overrides}.items() if value is not REMOVED}
    lines = (f"{key}: {_yaml(value)}" for key, value in fields.items())
    front = "\n".join(lines)
    return f"---\n{front}\n---\n{body}"


def make_signed(root: Path, slug: str, **reviewer: object) -> None:
    """Sign the article `slug` in its file in the content folder `root`."""
    article = load_library(root).articles[slug]
    line = _yaml({**REVIEWER, "text": text_hash(article), **reviewer})
    file = root / article.path
    unsigned = re.sub("^reviewer:.*\n", "", file.read_text(), flags=re.MULTILINE)
    file.write_text(unsigned.replace("---\n", f"---\nreviewer: {line}\n", 1))


def make_content(folder: Path, **articles: str) -> Path:
    """Make a content folder with the tests' shared files and the given articles (slug with underscores -> text)."""
    root = folder / "content"
    shutil.copytree(TESTS_CONTENT, root, ignore=shutil.ignore_patterns(".*"))
    (root / "articles" / "walking.md").unlink()
    for slug, text in articles.items():
        (root / "articles" / f"{slug.replace('_', '-')}.md").write_text(text)
    return root


def _yaml(value: object) -> str:
    """Return a value as one line of YAML; texts that look like dates stay unquoted, as editors type them."""
    if isinstance(value, str) and value[:4].isdigit():
        return value
    return yaml.safe_dump(value, default_flow_style=True, width=1000).removesuffix("\n...\n").strip()
