"""Hands out the pictures of articles. A changed picture has another address, so a browser may keep each for good."""

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from articles.pictures import read_name

FOR_GOOD = "public, max-age=31536000, immutable"


@require_safe
def picture(request: HttpRequest, file_name: str) -> HttpResponse:
    """404 for what is no picture of ours; a name that no picture can have does not get near the disk."""
    facts = read_name(file_name)
    if facts is None:
        raise Http404
    root = Path(settings.CONTENT_DIR)
    path = root / facts.path
    try:
        if not path.resolve().is_relative_to(root.resolve()):  # a link that leads out of the folder
            raise Http404
        data = path.read_bytes()
    except OSError as error:
        raise Http404 from error
    return HttpResponse(data, content_type="image/webp", headers={"Cache-Control": FOR_GOOD})
