"""Drop the counts of reads: nginx answers most readers from files, so the figure was far too low."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0004_editors_and_reviewers"),
    ]

    operations = [
        migrations.DeleteModel(
            name="PageReads",
        ),
    ]
