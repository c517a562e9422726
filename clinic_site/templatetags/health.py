"""What is wrong with the site, on the start page of whoever signs in."""

from django import template

from clinic_site.health import sentences

register = template.Library()


@register.inclusion_tag("admin/faults.html")
def site_faults() -> dict[str, list[str]]:
    return {"faults": sentences()}
