"""The other content files, as plain text."""

from articles.editing.pages.base import StaffPages


class FilesPage(StaffPages):
    pass
