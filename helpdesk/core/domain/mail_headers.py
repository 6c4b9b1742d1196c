"""Header values of outgoing mail, made of ids that others may have written."""

import re
from collections.abc import Iterable

KEPT_REFERENCES = 20
_ID = re.compile(r"[\x21-\x3b\x3d\x3f-\x7e]{3,900}")


def bracketed(message_id: str) -> str:
    """`<id>`, or "" when it is none that may stand in a header (A9)."""
    bare = message_id.strip().removeprefix("<").removesuffix(">")
    return f"<{bare}>" if _ID.fullmatch(bare) and "@" in bare else ""


def reference_chain(message_ids: Iterable[str], *, keep: int = KEPT_REFERENCES) -> str:
    """The value of References, oldest first, each id once: the first one, by which a thread is known, and the
    last `keep`. No line of it can grow beyond what servers take, because the chain is folded between ids.
    """
    chain = list(dict.fromkeys(filter(None, map(bracketed, message_ids))))
    return " ".join(chain if len(chain) <= keep + 1 else [chain[0], *chain[-keep:]])


def on_the_wire(address: str) -> str:
    """The address with its domain in the form that every server takes: `joe@xn--mller-kva.example`."""
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode()}" if at else address
    except UnicodeError:
        return address


def domain_of(message_id: str) -> str:
    """The right side of an id."""
    return message_id.rpartition("@")[2].rstrip(">")
