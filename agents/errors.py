"""What can go wrong with clients, devices and profiles.

DeskbellError
├── Refused (403): EnrolmentKeyRefused, AgentNotEnabled, NoAttemptsLeft
├── Conflict (409): ProfileAlreadyRegistered, CredentialInUse, StateChanged, AddressNotPossible, NotWaiting,
│                   UndoTooLate, NameTaken
├── Invalid (422): WrongToken
├── TokenExpired (410), AgentTooOld (426), CredentialUnknown (401)
└── TooMany (429): TooManySends
"""
