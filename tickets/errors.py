"""What can go wrong with tickets.

DeskbellError
├── Refused (403): ProfileNotVerified
├── NotFound (404): TicketNotFound, AttachmentNotFound
├── Conflict (409): TicketChanged, TicketClosed, TicketHasNoAddress, AlreadyTaken, MoveNotAllowed
└── Invalid (422): IdempotencyKeyReused
"""
