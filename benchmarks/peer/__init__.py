"""django-helpdesk in a virtual environment of its own: the peer of the mail intake."""
