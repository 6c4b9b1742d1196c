"""One's own page: language, clock and theme."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from helpdesk.core.errors import DeskbellError
from helpdesk.core.models import User
from helpdesk.core.services.people import update_profile
from helpdesk.core.services.presence import set_away
from helpdesk.core.web import signed_in, user_of
from helpdesk.web.forms import ProfileForm, show_errors
from helpdesk.web.sign_in import own_page
from tickets.selectors.figures import starts_at_dashboard
from tickets.services.figures.start import choose_start


@signed_in
def profile(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    initial = {
        "full_name": user.full_name,
        "language": user.language or "en",
        "time_zone": user.time_zone,
        "theme": user.theme,
        "signature": user.signature,
        "is_away": user.is_away,
        "at_dashboard": starts_at_dashboard(user),
    }
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            set_away(user=user, is_away=form.cleaned_data.pop("is_away"))
            choose_start(user=user, at_dashboard=form.cleaned_data.pop("at_dashboard"))
            update_profile(user=user, **form.cleaned_data, now=timezone.now())
        except DeskbellError as error:
            show_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("web:profile")
    code = 422 if form.errors else 200
    return render(
        request, "web/profile.html", {"nav": "profile", "tab": "profile", "form": form}, status=code
    )


@signed_in
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """The button in the corner: to the theme that was asked for, or to the other one."""
    user = user_of(request)
    wanted = request.POST.get("theme", "")
    if wanted not in User.Theme.values or not wanted:
        wanted = User.Theme.LIGHT if user.theme == User.Theme.DARK else User.Theme.DARK
    update_profile(
        user=user,
        full_name=user.full_name,
        language=user.language,
        time_zone=user.time_zone,
        theme=wanted,
        now=timezone.now(),
    )
    return redirect(own_page(request))
