"""Filters for the staff's pages about articles."""

from django import template

from articles.editing.words import dated

register = template.Library()
register.filter(dated)
