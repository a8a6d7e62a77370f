"""Find accounts by a whole phone number."""

from django.db import migrations, models

from parking.core.index_building import AddIndexBesideTraffic
from parking.core.phones import LastDigits


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("accounts", "0034_search_on_sqlite")]

    operations = [AddIndexBesideTraffic("user", models.Index(LastDigits("phone"), name="user_by_phone"))]
