from django.db import migrations

#: Whoever had the left one could do what the right ones now name.
NEW = {
    "tickets.view": ["reports.view"],
    "tickets.edit": ["tickets.merge"],
    "settings.edit": ["rules.edit", "mail.edit", "fields.edit", "webhooks.edit"],
}


def widen(apps, schema_editor):
    """Nobody loses what they could do yesterday, nor does a program."""
    for model, field in (("Role", "permissions"), ("ApiToken", "scopes")):
        for row in apps.get_model("core", model).objects.all():
            held = getattr(row, field)
            added = [new for old, news in NEW.items() if old in held for new in news if new not in held]
            if added:
                setattr(row, field, [*held, *added])
                row.save(update_fields=[field])


class Migration(migrations.Migration):
    dependencies = [("core", "0003_identity_providers")]
    operations = [migrations.RunPython(widen, migrations.RunPython.noop)]
