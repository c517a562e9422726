"""Every path of the site. The plain pages (/about/, ...) come last: their names are files in content/pages/."""

from django.contrib import admin
from django.urls import include, path

from clinic_site import views

urlpatterns = [
    path("admin/", include("clinic_site.accounts.urls")),
    path("admin/", admin.site.urls),
    path("consultation/", include("appointments.urls")),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("robots.txt", views.robots, name="robots"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("", include("articles.urls")),
]

handler400 = "clinic_site.views.bad_request"
handler404 = "clinic_site.views.page_not_found"
handler500 = "clinic_site.views.server_error"
