"""Pictures for articles."""

from articles.editing.pages.base import StaffPages


class PicturesPage(StaffPages):
    pass
