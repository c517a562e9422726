"""The list of articles, with what is wrong with any content file."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils import timezone

from articles.editing.pages.base import VIEW, StaffPages
from articles.library import get_library


class ListPage(StaffPages):
    def get_urls(self) -> list[URLPattern]:
        return [self.route("", self.list_view, "changelist", VIEW), *super().get_urls()]

    def list_view(self, request: HttpRequest) -> HttpResponse:
        library = get_library()
        return self.show(
            request,
            "content_files.html",
            "Articles and pages",
            problems=library.problems,
            articles=library.articles.values(),
            visible=library.visible(timezone.now()),
            pages=library.pages.values(),
        )
