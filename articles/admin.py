"""Django admin of articles."""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern

from articles.editing.review import profile_admin  # noqa: F401 (importing registers them)
from articles.editing.urls import urlpatterns
from articles.models import ContentFile
from articles.readers import feedback_admin  # noqa: F401 (importing registers them)


@admin.register(ContentFile)
class ContentFileAdmin(admin.ModelAdmin[ContentFile]):
    """Articles are files, not rows: each admin page is a view of its own."""

    def get_urls(self) -> list[URLPattern]:
        return urlpatterns

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ContentFile | None = None) -> bool:
        return False
