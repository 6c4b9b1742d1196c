"""What the desk itself says of a mailbox in trouble: kept in English, read in the language of who looks.

What a mail server said is shown as it said it.
"""

import re
from typing import Final

from django.utils.translation import gettext, gettext_noop

_SENTENCES: Final = (
    gettext_noop("SMTP_LISTEN is empty"),
    gettext_noop("Less than %(mb)d MB are free."),
    gettext_noop("This host is in a private network. The operator must name it in MAIL_ALLOWED_HOSTS."),
    gettext_noop(
        "The token server is in a private network. The operator must name it in MAIL_ALLOWED_HOSTS."
    ),
    gettext_noop("The name %(host)s is not known."),
    gettext_noop("%(host)s does not answer at port %(port)d: %(words)s"),
    gettext_noop("The certificate of %(host)s is made out to another name. Enter the name it has."),
    gettext_noop("The certificate of %(host)s is not valid today. Its owner must renew it."),
    gettext_noop(
        "Nobody known here vouches for the certificate of %(host)s (%(words)s). For an authority of the house"
        " set SSL_CERT_FILE."
    ),
    gettext_noop("There is no folder %(name)s: %(words)s"),
    gettext_noop(
        "The folder was made anew on the server (%(at)s). It was read again, and no mail came in twice."
    ),
)
_GAP: Final = re.compile(r"%\\\((\w+)\\\)[sd]")
_PATTERNS: Final = [
    (sentence, re.compile(_GAP.sub(r"(?P<\1>.+?)", re.escape(sentence)))) for sentence in _SENTENCES
]


def in_words(kept: str) -> str:
    """A sentence of the desk in the reader's language; anything else as it stands."""
    for sentence, pattern in _PATTERNS:
        if found := pattern.fullmatch(kept):
            return gettext(sentence).replace(")d", ")s") % found.groupdict()
    return kept
