"""The rule engine.

A new ticket: `plan` in memory, `shape_new` before the INSERT, `finish` for the whole batch after it. The
rest: `run_on_ticket`. Rules never set off rules: what they do goes past the services that call these.
"""

from tickets.services.rules.book import active_rules
from tickets.services.rules.finish import finish
from tickets.services.rules.people import People
from tickets.services.rules.plan import Plan, plan
from tickets.services.rules.run import run_on_ticket
from tickets.services.rules.shape import shape_new

__all__ = ["People", "Plan", "active_rules", "finish", "plan", "run_on_ticket", "shape_new"]
