"""The page of one request, and the addresses its buttons post to."""

import copy
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe

from appointments import workflow
from appointments.choices import Action
from appointments.desk import last_view
from appointments.desk.access import is_no_look
from appointments.desk.request.context import page_context
from appointments.desk.request.step_forms import StepForm
from appointments.desk.request.steps import ERASE, STEPS, Step, take
from appointments.models import ConsultationRequest
from appointments.models.requests import RequestQuerySet
from appointments.policies.duplicates import related
from clinic_site.http.responses import see_other

NAME = "appointments_consultationrequest"
TEMPLATES = "admin/appointments/consultationrequest"
NOT_TAKEN = "Nothing was changed. Take the step again."
NONE_LEFT = "No other request of this view can be worked on now."
THEN = "then"  # parameter of a step's address
NEXT = "next"  # its value: after the step, open the next request of the queue


class RequestPage(admin.ModelAdmin[ConsultationRequest]):
    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/step/<slug:name>/", wrap(self.step_view), name=f"{NAME}_step"),
            path("<int:pk>/next/", wrap(self.next_view), name=f"{NAME}_next"),
            path("<int:pk>/erase/", wrap(self.erase_view), name=f"{NAME}_erase"),
            *super().get_urls(),
        ]

    @method_decorator(require_safe)
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the page and log the look. HEAD, prefetches and cross-site requests get no page."""
        obj = self._stored(request, object_id)
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        if request.method == "HEAD":
            return HttpResponse()
        if is_no_look(request):
            return HttpResponse(status=403)
        return self._page(request, obj)

    def step_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        obj = self._to_change(request, pk)
        if name not in STEPS:
            raise Http404
        if request.method != "POST":  # after a new sign-in the browser sends a GET without the form
            messages.warning(request, NOT_TAKEN)
            return _back(obj)
        form = STEPS[name].form(request.POST, obj=obj, actor=request.user.get_username())
        following = self._following(request, obj) if request.GET.get(THEN) == NEXT else None
        return self._taken(request, STEPS[name], form, following) or self._page(request, obj, {name: form})

    @method_decorator(require_safe)
    def next_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Go on to the next request of the queue, without a step."""
        obj = self._stored(request, str(pk))
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        return _open_first(request, self._following(request, obj))

    def erase_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the reference before the erasure, which is final."""
        obj = self._to_change(request, pk)
        form = ERASE.form(request.POST or None, obj=obj, actor=request.user.get_username())
        own = {"obj": obj, "form": form, "related": related(obj)}
        context = {**self.admin_site.each_context(request), "opts": self.opts, **own}
        taken = self._taken(request, ERASE, form)
        if taken:
            last_view.forget(request)
        return taken or render(request, f"{TEMPLATES}/erase.html", context)

    def _taken(
        self, request: HttpRequest, step: Step, form: StepForm, following: RequestQuerySet | None = None
    ) -> HttpResponse | None:
        """Take the step of a valid form and redirect; None if the form is incomplete.

        Redirect to the first of `following`, or without it, and after a refusal, to the page of the request.
        """
        if not form.is_valid():
            return None
        if take(step, form, request) and following is not None:
            return _open_first(request, following)
        return _back(form.obj)

    def _following(self, request: HttpRequest, obj: ConsultationRequest) -> RequestQuerySet:
        """Return what comes after `obj`, as it is at this moment, in the queue as the user last saw it.

        The query runs later, so that it leaves out what a step ends meanwhile.
        """
        look = copy.copy(request)
        look.GET = last_view.query(request)  # type: ignore[assignment]
        queue: Any = self.get_changelist_instance(look)
        found: RequestQuerySet = queue.queryset.exclude(pk=obj.pk)
        if queue.filter_specs[0].tab.newest_first:
            return found.older_than(obj)
        return found.less_urgent_than(obj, timezone.now())

    def _page(
        self, request: HttpRequest, obj: ConsultationRequest, refused: dict[str, StepForm] | None = None
    ) -> HttpResponse:
        """Show the page. `refused` is the incomplete form, by the name of its step."""
        now, viewer = timezone.now(), request.user.get_username()
        query = request.POST if refused else request.GET
        own = page_context(obj, viewer, now, query, refused or {})
        rights = {"may_change": self.has_change_permission(request, obj), "opts": self.opts}
        queue = {"queue": last_view.address(request)}
        workflow.record(obj, Action.OPENED, viewer, now)
        workflow.record_each((pair.other for pair, *_ in own["look_alikes"]), Action.COMPARED, viewer, now)
        context = {**self.admin_site.each_context(request), **own, **rights, **queue}
        return render(request, f"{TEMPLATES}/request.html", context)

    def _to_change(self, request: HttpRequest, pk: int) -> ConsultationRequest:
        obj = self._stored(request, str(pk))
        if not self.has_change_permission(request, obj):
            raise PermissionDenied
        return obj

    def _stored(self, request: HttpRequest, key: str) -> ConsultationRequest:
        obj = self.get_object(request, key)
        if obj is None:
            raise Http404
        return obj


def _open_first(request: HttpRequest, following: RequestQuerySet) -> HttpResponse:
    """Redirect to the page of the first of `following`; to the queue, with a message, if there is none."""
    first = following.first()
    if first is not None:
        return _back(first)
    messages.info(request, NONE_LEFT)
    return see_other(last_view.address(request))


def _back(obj: ConsultationRequest) -> HttpResponse:
    return see_other(reverse(f"admin:{NAME}_change", args=[obj.pk]))
