"""Reading service requests: `access.requests_visible_to` is the only door of technicians, `keys` that of
customers.
"""
