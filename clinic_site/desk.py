"""Django admin as the front desk and the staff editors meet it."""

from django.contrib.admin import AdminSite


class DeskAdminSite(AdminSite):
    site_header = "Clinic desk"
    site_title = "Clinic desk"
    index_title = "Your work"
    site_url = "/"
    enable_nav_sidebar = False
