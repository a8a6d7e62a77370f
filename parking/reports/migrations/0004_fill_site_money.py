"""Fill in the sums by site of the days that are added up already."""

from django.db import migrations

FILL = """
INSERT INTO reports_sitemoney (day, site_id, method, captured, refunded, payments, refunds)
SELECT day, site_id, method, SUM(captured), SUM(refunded), SUM(payments), SUM(refunds)
FROM reports_daymoney GROUP BY day, site_id, method ORDER BY day
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_site_money")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
