"""What Django admin shows under “Articles”. Each page is a file in articles/editing/pages/."""

from django.contrib import admin

from articles import feedback_admin, reviewer_admin  # noqa: F401 (importing registers them)
from articles.editing.pages.edit_page import EditPage
from articles.editing.pages.files_page import FilesPage
from articles.editing.pages.history_page import HistoryPage
from articles.editing.pages.list_page import ListPage
from articles.editing.pages.moving_pages import MovingPages
from articles.editing.pages.pictures_page import PicturesPage
from articles.editing.pages.readers_page import ReadersPage
from articles.editing.pages.review_page import ReviewPage
from articles.models import ContentFile


@admin.register(ContentFile)
class ContentFileAdmin(ListPage, EditPage, HistoryPage, ReviewPage, MovingPages, FilesPage, PicturesPage, ReadersPage):
    """The staff's side of the articles."""
