"""Filters for the staff's pages about articles."""

from django import template

from clinic_site.wording import dated

register = template.Library()
register.filter(dated)
