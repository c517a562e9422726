"""Data stored about articles. The articles themselves are files; ContentFile has no table."""

from articles.models.pictures import Picture, PictureFile
from articles.models.readers import SECTION_LENGTH, TEXT_LENGTH, MissedSearch, ReaderFeedback
from articles.models.reminders import WeeklyReminder
from articles.models.reviews import ReviewerProfile, ReviewEvent
from articles.models.revisions import ON_DISK, PATH_LENGTH, USER_LENGTH, ContentFile, Revision

__all__ = [
    "ON_DISK",
    "PATH_LENGTH",
    "SECTION_LENGTH",
    "TEXT_LENGTH",
    "USER_LENGTH",
    "ContentFile",
    "MissedSearch",
    "Picture",
    "PictureFile",
    "ReaderFeedback",
    "ReviewEvent",
    "ReviewerProfile",
    "Revision",
    "WeeklyReminder",
]
