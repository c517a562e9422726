"""What the staff's pages about articles share: their addresses, who may open them, and how they are shown."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from articles.models import ContentFile

VIEW, CHANGE, SIGN = RIGHTS = ("view", "change", "sign")
View = Callable[..., HttpResponse]


class StaffPages(admin.ModelAdmin[ContentFile]):
    """Articles are files, so each page is a view of its own. A mixin adds its routes in get_urls()."""

    def get_urls(self) -> list[URLPattern]:
        return []

    def route(self, address: str, view: View, name: str, right: str = CHANGE) -> URLPattern:
        """An address below /admin/articles/contentfile/ for those who have the right, named articles_contentfile_…."""

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not may(request, right):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return path(address, self.admin_site.admin_view(guarded), name=f"articles_contentfile_{name}")

    def show(self, request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
        """The page admin/articles/<template>."""
        frame = {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        return render(request, f"admin/articles/{template}", {**frame, **context})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ContentFile | None = None) -> bool:
        return False


def may(request: HttpRequest, right: str) -> bool:
    """Whether who is signed in has the right VIEW, CHANGE or SIGN on articles."""
    return bool(request.user.has_perm(f"articles.{right}_contentfile"))
