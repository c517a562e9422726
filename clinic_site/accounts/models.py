"""The audit of sign-ins: who signed in, who was refused, and who changed rights and second factors. Append-only."""

from django.db import models

from clinic_site.database.append_only import AppendOnly, AppendOnlyQuerySet


class AccountAction(models.TextChoices):
    SIGNED_IN = "signed_in", "signed in"
    REFUSED = "refused", "wrong password"
    CODE_REFUSED = "code_refused", "wrong code of a second factor"
    SIGNED_OUT = "signed_out", "logged out"
    FACTOR_ADDED = "factor_added", "second factor added"
    FACTOR_REMOVED = "factor_removed", "second factor removed"
    FACTORS_RESET = "factors_reset", "second factors reset"
    CODE_USED = "code_used", "recovery code used"
    CREATED = "created", "account made"
    DELETED = "deleted", "account deleted"
    PASSWORD = "password", "password changed"
    RIGHTS = "rights", "rights changed"
    NAMED = "named", "name or e-mail changed"
    GROUP_DELETED = "group_deleted", "group deleted"
    LEFT = "left", "access ended"


class AccountEvent(AppendOnly):
    """What happened to an account or a group, by whom and when."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=150, blank=True)  # user name; empty: nobody signed in, or a command
    subject = models.CharField(max_length=150)  # the user name or the group
    action = models.CharField(max_length=20, choices=AccountAction)
    detail = models.TextField(blank=True)  # names of groups, permissions and kinds of factor

    objects = AppendOnlyQuerySet["AccountEvent"].as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        default_permissions = ()
        verbose_name = "sign-in event"

    def __str__(self) -> str:
        return f"{self.subject}: {self.get_action_display()}"
