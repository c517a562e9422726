"""Where staff editors see what is on the site and what is wrong with a file: path, line, and what to do."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone

from articles.library import get_library
from articles.models import ContentFile


@admin.register(ContentFile)
class ContentFileAdmin(admin.ModelAdmin[ContentFile]):
    """One read-only page: the problems first, then every article with its state."""

    def get_urls(self) -> list[URLPattern]:
        """The list alone: there is no row to add, change or delete."""
        view = self.admin_site.admin_view(self.changelist_view)
        return [path("", view, name="articles_contentfile_changelist")]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ContentFile | None = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        library = get_library()
        context = {
            **self.admin_site.each_context(request),
            "title": "Articles and pages",
            "opts": self.opts,
            "problems": library.problems,
            "articles": library.articles.values(),
            "visible": library.visible(timezone.now()),
            "pages": library.pages.values(),
        }
        return render(request, "admin/articles/content_files.html", context)
