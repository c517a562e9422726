"""Articles are files, not rows. This model has no table: it gives Django admin a place and a permission for them."""

from django.db import models


class ContentFile(models.Model):  # noqa: DJ008 (there are no rows to name)
    class Meta:
        managed = False
        default_permissions = ("view",)
        verbose_name = "content file"
        verbose_name_plural = "content files"
