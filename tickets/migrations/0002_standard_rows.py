from django.db import migrations
from django.utils import timezone

from tickets.domain.rule_presets import PRESETS

NINE_TO_FIVE = [[9 * 60, 17 * 60]]


def make_rows(apps, schema_editor):
    Rule = apps.get_model("tickets", "Rule")
    now = timezone.now()
    rules = [Rule.objects.create(**preset, created_at=now, updated_at=now) for preset in PRESETS]
    apps.get_model("tickets", "RuleBook").objects.create(pk=1, default_rule=rules[-1])
    week = [[*NINE_TO_FIVE]] * 5 + [[], []]
    apps.get_model("tickets", "Calendar").objects.create(name="Standard", week=week)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_initial")]
    operations = [migrations.RunPython(make_rows, migrations.RunPython.noop)]
