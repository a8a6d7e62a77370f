"""Name the organisation for which a pass was bought at the counter."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

OF_DRIVER = Q(driver__isnull=False, organisation=None, amber_at=None, paying_at=None)


class Migration(migrations.Migration):
    dependencies = [("passes", "0005_lengthening")]

    operations = [
        migrations.AddField(
            model_name="subscription",
            name="bought_for",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="The organisation that bought it at the counter for its contact, beside its agreement",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bought_passes",
                to="passes.organisation",
            ),
        ),
        migrations.RemoveConstraint(model_name="subscription", name="pass_of_driver_or_organisation"),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=OF_DRIVER | Q(driver=None, organisation__isnull=False, bought_for=None),
                name="pass_of_driver_or_organisation",
            ),
        ),
    ]
