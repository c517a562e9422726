"""Health of the content: whether there is a library, and which of its files are invalid."""

from collections.abc import Iterator

from articles.library import get_library
from clinic_site import clinic_yaml
from clinic_site.content.files import ContentError


def missing_library() -> str:
    """Return in words why no pages can be shown; "" if they can."""
    try:
        get_library()
    except ContentError:
        return "the content cannot be loaded"
    return ""


def start_problems() -> list[str]:
    """Return a sentence for each invalid file. Raises ContentError if the site cannot start."""
    return [f"content/{problem}" for problem in get_library().problems]


def content_faults() -> Iterator[str]:
    """Yield a sentence for each invalid YAML file, and for each file with an older version in use."""
    try:
        library = get_library()
    except ContentError as error:
        yield f"content/{error.problem} No page can be shown until it is mended."
        return
    before = library.replaced | {clinic_yaml.FILE}
    for problem in library.problems:
        if problem.path in before:
            what = "facts from before are" if problem.path.endswith(".yaml") else "text from before is"
            yield f"content/{problem} Until it is mended, the {what} in use."
        elif problem.path.endswith(".yaml"):
            yield f"content/{problem}"
