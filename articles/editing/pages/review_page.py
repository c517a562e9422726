"""The review of an article: ask, compare, sign, send back."""

from articles.editing.pages.base import StaffPages


class ReviewPage(StaffPages):
    pass
