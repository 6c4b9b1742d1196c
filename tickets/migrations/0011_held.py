"""Held mail is found at once; a rule that older desks do not have yet."""

from django.db import migrations, models
from django.utils import timezone

from tickets.domain.rule_presets import ANSWERED, PRESETS


def make_rule(apps, schema_editor):
    """A desk that is older than this preset gets it behind its own rules; it is off."""
    Rule = apps.get_model("tickets", "Rule")
    if Rule.objects.filter(preset=ANSWERED).exists():
        return
    now = timezone.now()
    preset = next(preset for preset in PRESETS if preset["preset"] == ANSWERED)
    last = Rule.objects.filter(is_default=False).aggregate(last=models.Max("position"))["last"] or 0
    Rule.objects.create(**{**preset, "position": last + 10}, created_at=now, updated_at=now)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0010_mailbox_sending")]

    operations = [
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('is_held', True)), fields=['ticket'], name='messages_held'),
        ),
        migrations.RunPython(make_rule, migrations.RunPython.noop),
    ]
