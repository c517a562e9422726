"""Where the file of an article is kept, by its slug; and the slug, by the file."""

from articles.library import Library

ARTICLES = "articles/"  # how the path of every article starts


def new_path(slug: str) -> str:
    """Where an article that is new at that slug is kept."""
    return f"{ARTICLES}{slug}.md"


def article_path(slug: str, library: Library) -> str:
    """Where the article of that slug is kept, be it in a folder below, or would be."""
    known = library.articles.get(slug)
    return known.path if known else new_path(slug)


def slug_of(path: str) -> str:
    """The file's name without its ending, as the loader has it. It may hold what no address can."""
    return path.rpartition("/")[2].removesuffix(".md")
