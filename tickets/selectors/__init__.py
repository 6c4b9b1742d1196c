"""Reading tickets: `access.tickets_visible_to` is the only door, everything else goes through it."""
