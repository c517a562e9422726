"""Receivers that write the audit of sign-ins, so that each way to change an account is in it."""

from typing import Any

from allauth.core import context
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save
from django.utils import timezone

from clinic_site.accounts.models import AccountAction, AccountEvent

IDENTITY = {  # field -> words; the full name is what a clinician signs with
    "username": "user name",
    "email": "e-mail address",
    "first_name": "first name",
    "last_name": "last name",
}
RIGHTS = ("is_active", "is_staff", "is_superuser")
VERBS = {"post_add": "added", "post_remove": "taken away", "pre_clear": "all taken away"}


def record(action: AccountAction, subject: str, detail: str = "", actor: str | None = None) -> None:
    """Write an event. `actor`: a user name; None stands for who is signed in, if anybody."""
    by = _signed_in_name() if actor is None else actor
    AccountEvent.objects.create(at=timezone.now(), actor=by, subject=subject, action=action, detail=detail)


def _signed_in_name() -> str:
    user = getattr(context.request, "user", None)
    return str(user.get_username()) if user else ""


def signed_in(user: User, **signal: Any) -> None:
    record(AccountAction.SIGNED_IN, user.username, actor=user.username)


def signed_out(user: User | None, **signal: Any) -> None:
    if user:
        record(AccountAction.SIGNED_OUT, user.username, actor=user.username)


def refused(credentials: dict[str, Any], **signal: Any) -> None:
    """Record guesses at people's passwords. Other names are not stored: somebody may type a password there."""
    user = User.objects.filter(username__iexact=credentials.get("username", "")).first()
    if user:
        record(AccountAction.REFUSED, user.username)


def code_refused(user: User, **signal: Any) -> None:
    record(AccountAction.CODE_REFUSED, user.username)


def factor_saved(instance: Authenticator, created: bool, **signal: Any) -> None:
    """Record a new factor with its row; allauth's own signal comes after the transaction, and could be lost."""
    if created:
        record(AccountAction.FACTOR_ADDED, instance.user.username, instance.get_type_display())


def factor_deleted(instance: Authenticator, **signal: Any) -> None:
    record(AccountAction.FACTOR_REMOVED, instance.user.username, instance.get_type_display())


def factor_used(user: User, authenticator: Authenticator, **signal: Any) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        record(AccountAction.CODE_USED, user.username, actor=user.username)


def account_saved(instance: User, update_fields: frozenset[str] | None, **signal: Any) -> None:
    """Record a new account, a new password, changed rights and names, before the row is written."""
    if update_fields is not None and not {*RIGHTS, *IDENTITY, "password"} & set(update_fields):
        return
    old = User.objects.filter(pk=instance.pk).first()
    if old is None:
        record(AccountAction.CREATED, instance.username, _rights(instance))
        return
    if old.password != instance.password:
        record(AccountAction.PASSWORD, instance.username)
    if _rights(old) != _rights(instance):
        record(AccountAction.RIGHTS, instance.username, f"from {_rights(old)} to {_rights(instance)}")

    if changed := [words for field, words in IDENTITY.items() if getattr(old, field) != getattr(instance, field)]:
        now = f"; now {instance.username}" if old.username != instance.username else ""
        record(AccountAction.NAMED, old.username, " and ".join(changed) + now)


def _rights(user: User) -> str:
    names = [name.removeprefix("is_") for name in RIGHTS if getattr(user, name)]
    return ", ".join(names) or "none"


def account_deleted(instance: User, **signal: Any) -> None:
    record(AccountAction.DELETED, instance.username)


def group_saved(instance: Group, **signal: Any) -> None:
    """Record a new name of a group, before the row is written."""
    old = Group.objects.filter(pk=instance.pk).first()
    if old and old.name != instance.name:
        record(AccountAction.NAMED, old.name, f"group; now {instance.name}")


def group_deleted(instance: Group, **signal: Any) -> None:
    record(AccountAction.GROUP_DELETED, instance.name)


def memberships_changed(
    sender: type[Model], instance: Model, action: str, model: type[Model], pk_set: set[int] | None, **signal: Any
) -> None:
    """Record groups of a user, and permissions of a user or a group."""
    if action in VERBS:
        pks = _all_of(sender, instance, model) if action == "pre_clear" else pk_set or ()
        named = model._default_manager.filter(pk__in=pks)  # noqa: SLF001 (Django's documented attribute)
        kind = model._meta.verbose_name_plural  # noqa: SLF001 (documented, too)
        names = "; ".join(map(str, named))
        record(AccountAction.RIGHTS, str(instance), f"{kind} {VERBS[action]} {names}".strip())


def _all_of(through: type[Model], instance: Model, model: type[Model]) -> list[int]:
    """Return the keys of the rows of `model` that the table of memberships gives to `instance`."""
    mine, others = (str(side._meta.model_name) for side in (instance, model))  # noqa: SLF001 (documented, too)
    rows = through._default_manager.filter(**{mine: instance})  # noqa: SLF001
    return list(rows.values_list(others, flat=True))


def connect() -> None:
    user_logged_in.connect(signed_in)
    user_logged_out.connect(signed_out)
    user_login_failed.connect(refused)
    mfa.authentication_failed.connect(code_refused)
    post_save.connect(factor_saved, sender=Authenticator)
    post_delete.connect(factor_deleted, sender=Authenticator)
    mfa.authenticator_used.connect(factor_used)
    pre_save.connect(account_saved, sender=User)
    post_delete.connect(account_deleted, sender=User)
    pre_save.connect(group_saved, sender=Group)
    post_delete.connect(group_deleted, sender=Group)
    for memberships in (User.groups.through, User.user_permissions.through, Group.permissions.through):
        m2m_changed.connect(memberships_changed, sender=memberships)
