"""The page at phone/ beside the queue, where the desk types in what a caller says."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from appointments import workflow
from appointments.choices import Action
from appointments.desk import labels
from appointments.desk.phone.form import OUT_OF_DATE, PhoneRequestForm
from appointments.intake import NotStored
from appointments.models import ConsultationRequest
from clinic_site.clinic import reply_by
from clinic_site.clinic_yaml import get_clinic
from clinic_site.dates import day_and_clock
from clinic_site.http.responses import see_other

NAME = "appointments_consultationrequest"
THEN_BOOK = "then_book"  # the name of the button that leads to the free times


class PhoneRequestPage(admin.ModelAdmin[ConsultationRequest]):
    def get_urls(self) -> list[URLPattern]:
        return [path("phone/", self.admin_site.admin_view(self.phone_view), name=f"{NAME}_phone"), *super().get_urls()]

    def phone_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        clinic, now = get_clinic(), timezone.now()
        form = PhoneRequestForm(clinic, now, request.POST if request.method == "POST" else None)
        if form.is_bound and form.is_valid() and (stored := self._store(request, form)):
            page = reverse(f"admin:{NAME}_change", args=[stored.pk])
            return see_other(f"{page}#visit" if THEN_BOOK in request.POST else page)
        actor = request.user.get_username()
        workflow.record_each((pair.other for pair in form.look_alikes), Action.COMPARED, actor, now)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{'Error: ' if form.errors else ''}New request by phone",
            "opts": self.opts,
            "form": form,
            "look_alikes": [
                (pair, labels.own_wishes(pair.other), labels.visit(pair.other)) for pair in form.look_alikes
            ],
            "promise": day_and_clock(reply_by(clinic, None, now)),
        }
        return render(request, "admin/appointments/phone_request.html", context)

    def _store(self, request: HttpRequest, form: PhoneRequestForm) -> ConsultationRequest | None:
        """Store the request and say what to tell the caller; None if this form was used up."""
        try:
            stored = workflow.submit(form.answers(), form.now, actor=request.user.get_username())
        except NotStored:
            form.add_error(None, OUT_OF_DATE)
            return None
        stored = ConsultationRequest.objects.get(pk=stored.pk)
        promise = f"Your reference is {stored.reference}. By {day_and_clock(stored.reply_by)} you hear from us."
        messages.success(request, f"{stored.reference} is stored. Say: “{promise}”")
        return stored
