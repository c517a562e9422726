"""Convert between the slug of an article and the path of its file."""

from articles.library import Library

ARTICLES = "articles/"  # prefix of every article's path


def new_path(slug: str) -> str:
    """Return the path for a new article."""
    return f"{ARTICLES}{slug}.md"


def article_path(slug: str, library: Library) -> str:
    """Return the path of the article, which may be in a subfolder, or the path it would have."""
    known = library.articles.get(slug)
    return known.path if known else new_path(slug)


def slug_of(path: str) -> str:
    """Return the file name without its suffix, like the loader. It may be invalid in an address."""
    return path.rpartition("/")[2].removesuffix(".md")
