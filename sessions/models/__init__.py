from sessions.models.activity import RequestActivity
from sessions.models.request import ServiceRequest
from sessions.models.stay import Lease, Stay
from sessions.models.support_key import SupportKey

__all__ = ["Lease", "RequestActivity", "ServiceRequest", "Stay", "SupportKey"]
