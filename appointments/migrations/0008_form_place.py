from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("appointments", "0007_try_from"),
    ]

    operations = [
        migrations.AddField(
            model_name="consultationrequest",
            name="form_place",
            field=models.CharField(max_length=40, null=True, unique=True),
        ),
    ]
