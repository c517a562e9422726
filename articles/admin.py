"""Django admin of articles, and of the credentials under which clinicians sign."""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern

from articles.editing.urls import urlpatterns
from articles.models import ContentFile, ReviewerProfile
from articles.readers import feedback_admin  # noqa: F401 (importing registers it)


@admin.register(ContentFile)
class ContentFileAdmin(admin.ModelAdmin[ContentFile]):
    """Articles are files, not rows: each admin page is a view of its own."""

    def get_urls(self) -> list[URLPattern]:
        return urlpatterns

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ContentFile | None = None) -> bool:
        return False


@admin.register(ReviewerProfile)
class ReviewerProfileAdmin(admin.ModelAdmin[ReviewerProfile]):
    """Credentials of reviewers. A change applies to future signatures only."""

    list_display = ("name", "credentials", "license_state", "can_sign")
    list_select_related = ("user",)

    @admin.display(description="name")
    def name(self, profile: ReviewerProfile) -> str:
        return profile.user.get_full_name() or f"{profile.user.get_username()} (full name is missing)"

    @admin.display(description="can sign", boolean=True)
    def can_sign(self, profile: ReviewerProfile) -> bool:
        """Whether the user can sign; the permission comes with the group “Clinical reviewers”."""
        user = profile.user
        return bool(user.get_full_name()) and user.is_staff and user.has_perm("articles.sign_contentfile")
