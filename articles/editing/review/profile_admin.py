"""Admin of the credentials under which clinicians sign."""

from django.contrib import admin

from articles.models import ReviewerProfile


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
