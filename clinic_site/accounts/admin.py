"""The admin of accounts: what an administrator does for a colleague, and the audit of sign-ins."""

from functools import wraps
from typing import Any, TypeVar

from allauth.account.decorators import reauthentication_required
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db.models import ManyToManyField, Model, QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils import timezone

from clinic_site.accounts.factors import reset_factors
from clinic_site.accounts.leaving import end_access
from clinic_site.accounts.models import AccountEvent
from clinic_site.accounts.sessions import list_again
from clinic_site.http.responses import View, see_other

RESET = "The second factor is reset. At the next sign-in a new one is set up."
ENDED = "{} has no access any more. Requests given back to the desk: {}."
NOT_ONESELF = "Nothing was done: you cannot end your own access."
# Django's pairs of lists have pale texts and labels of nothing; in one list, a press takes every other choice away.
BOXES: dict[Any, Any] = {ManyToManyField: {"widget": CheckboxSelectMultiple}}
RECORDED = ["last_login", "date_joined"]
RIGHTS = ["is_staff", "is_superuser", "groups", "user_permissions"]
NOT_TOLD = "No mail reached {}: tell them yourself."
NOT_TAKEN = "Nothing was changed. Say that it is you, then take the step again."
M = TypeVar("M", bound=Model)

# Pages of allauth's own would show secrets of second factors and let them be changed.
for model in (EmailAddress, Authenticator, UserSession, User, Group):
    admin.site.unregister(model)


class ConfirmedAdmin(admin.ModelAdmin[M]):
    """Pages that ask for the password or a factor again, once in five minutes.

    Whoever finds the desk of an owner open gives no rights, and makes no account, that would outlast the session.
    """

    def get_urls(self) -> list[URLPattern]:
        urls = super().get_urls()
        for url in urls:
            url.callback = self._confirmed(url.callback)
        return urls

    def _confirmed(self, view: View) -> View:
        guarded: View = reauthentication_required(view, app="allauth.mfa")

        @wraps(view)
        def confirmed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not self.has_view_permission(request):
                return view(request, *args, **kwargs)
            try:
                return guarded(request, *args, **kwargs)
            except ReauthenticationRequired:
                if request.method != "POST":
                    raise
                messages.warning(request, NOT_TAKEN)
                return see_other(request.get_full_path())  # allauth would store the post, passwords in it, meanwhile

        return confirmed


@admin.register(User)
class StaffUserAdmin(ConfirmedAdmin[User], UserAdmin[User]):
    actions = ["reset_second_factor", "end_access"]
    filter_horizontal = ()
    formfield_overrides = BOXES

    def has_administer_permission(self, request: HttpRequest) -> bool:
        """Allow what the actions below do. Who may only change users could otherwise take over an owner's account."""
        return bool(request.user.is_superuser)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Keep the user name of an account, because audits name people by it, and what the site itself recorded.

        Leave rights to superusers.
        """
        rights = [] if request.user.is_superuser else RIGHTS
        return [*super().get_readonly_fields(request, obj), *(["username"] if obj else []), *RECORDED, *rights]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return not_above(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return not_above(request, obj) and super().has_delete_permission(request, obj)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002
        """Let owners alone set somebody's password: whoever else did could sign in as a colleague."""
        if not self.has_administer_permission(request):
            raise PermissionDenied
        key = request.session.session_key
        response = super().user_change_password(request, id, form_url)
        list_again(request, key)
        return response

    @admin.action(description="Reset the second factor", permissions=["administer"])
    def reset_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        actor = User.objects.get(username=request.user.get_username())
        for user in queryset:
            for person in reset_factors(user, actor):
                messages.warning(request, NOT_TOLD.format(person.username))
        messages.success(request, RESET)

    @admin.action(description="End the access of who leaves", permissions=["administer"])
    def end_access(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        if queryset.filter(username=request.user.get_username()).exists():
            messages.error(request, NOT_ONESELF)
            return
        now = timezone.now()
        for user in queryset:
            handed_back = end_access(user, request.user.get_username(), now)
            messages.success(request, ENDED.format(user.username, handed_back))


def not_above(request: HttpRequest, user: User | None) -> bool:
    """Return False if `user` is a superuser and the user who asks is none."""
    return bool(request.user.is_superuser or not (user and user.is_superuser))


@admin.register(Group)
class StaffGroupAdmin(ConfirmedAdmin[Group], GroupAdmin):
    """Groups, for superusers: whoever else may change groups would give more rights to the own one."""

    filter_horizontal = ()
    formfield_overrides = BOXES

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)


@admin.register(AccountEvent)
class AccountEventAdmin(admin.ModelAdmin[AccountEvent]):
    """The audit of sign-ins, to read. For superusers."""

    list_display = ("at", "subject", "action", "detail", "actor")
    list_display_links = None
    list_filter = ("action",)
    search_fields = ("subject", "actor")
    date_hierarchy = "at"
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)
