from django.db import migrations

from helpdesk.core.domain.permissions import STANDARD_ROLES


def make_rows(apps, schema_editor):
    Role = apps.get_model("core", "Role")
    for role in STANDARD_ROLES:
        Role.objects.get_or_create(
            name=role.name,
            defaults={
                "permissions": [str(permission) for permission in role.permissions],
                "all_clients": True,
                "is_locked": role.is_locked,
            },
        )
    apps.get_model("core", "Organisation").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunPython(make_rows, migrations.RunPython.noop)]
