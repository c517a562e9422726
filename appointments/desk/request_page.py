"""The page of one request, as the desk works on it, and the addresses its buttons post to."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe

from appointments import workflow
from appointments.choices import Action
from appointments.desk.base import nobody_looks
from appointments.desk.page_context import page_context
from appointments.desk.step_forms import StepForm
from appointments.desk.steps import ERASE, STEPS, Step, take
from appointments.duplicates import related
from appointments.models import ConsultationRequest

SEE_OTHER = 303
NAME = "appointments_consultationrequest"
TEMPLATES = "admin/appointments/consultationrequest"
NOT_TAKEN = "Nothing was changed. Take the step again."


class RequestPage(admin.ModelAdmin[ConsultationRequest]):
    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/step/<slug:name>/", wrap(self.step_view), name=f"{NAME}_step"),
            path("<int:pk>/erase/", wrap(self.erase_view), name=f"{NAME}_erase"),
            *super().get_urls(),
        ]

    @method_decorator(require_safe)
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page. Each time it is shown counts as a look, so nothing is shown where nobody looks."""
        obj = self._stored(request, object_id)
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        if request.method == "HEAD":
            return HttpResponse()
        if nobody_looks(request):
            return HttpResponse(status=403)
        return self._page(request, obj)

    def step_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        obj = self._to_change(request, pk)
        if name not in STEPS:
            raise Http404
        if request.method != "POST":  # a browser that had to sign in again in between asks for the address alone
            messages.warning(request, NOT_TAKEN)
            return _back(obj)
        form = STEPS[name].form(request.POST, obj=obj, actor=request.user.get_username())
        return self._taken(request, STEPS[name], form) or self._page(request, obj, {name: form})

    def erase_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks once more, and for the reference: there is no way back."""
        obj = self._to_change(request, pk)
        form = ERASE.form(request.POST or None, obj=obj, actor=request.user.get_username())
        own = {"obj": obj, "form": form, "related": related(obj)}
        context = {**self.admin_site.each_context(request), "opts": self.opts, **own}
        return self._taken(request, ERASE, form) or render(request, f"{TEMPLATES}/erase.html", context)

    def _taken(self, request: HttpRequest, step: Step, form: StepForm) -> HttpResponse | None:
        """Back to the page, once the form says all that the step must know."""
        if not form.is_valid():
            return None
        take(step, form, request)
        return _back(form.obj)

    def _page(
        self, request: HttpRequest, obj: ConsultationRequest, refused: dict[str, StepForm] | None = None
    ) -> HttpResponse:
        """`refused`: the form that something is missing from, by the name of its step."""
        now, viewer = timezone.now(), request.user.get_username()
        own = page_context(obj, viewer, now, refused or {})
        rights = {"may_change": self.has_change_permission(request, obj), "opts": self.opts}
        workflow.record(obj, Action.OPENED, viewer, now)
        workflow.record_each((pair.other for pair, *_ in own["look_alikes"]), Action.COMPARED, viewer, now)
        context = {**self.admin_site.each_context(request), **own, **rights}
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


def _back(obj: ConsultationRequest) -> HttpResponse:
    return HttpResponseRedirect(reverse(f"admin:{NAME}_change", args=[obj.pk]), status=SEE_OTHER)
