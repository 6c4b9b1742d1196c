"""What the people of the demo asked in the last weeks: subject, text, what was answered, a tag.

None of the words here is one that a first look searches for: those stand in the stories of today.
"""

TOPICS = (
    (
        "Outlook asks for the password again and again",
        "It asks five times an hour.",
        "I have renewed your sign-in. Please close Outlook once and open it again.",
        "mail",
    ),
    (
        "Headset is mute in calls",
        "I hear everybody, nobody hears me.",
        "Another microphone was chosen after the update. It is set back.",
        "hardware",
    ),
    (
        "Shared calendar shows no appointments",
        "Since Monday it is empty for all of us.",
        "The calendar was shared anew. It takes a quarter of an hour to appear.",
        "mail",
    ),
    (
        "Windows update stops at 34 %",
        "I have waited the whole morning.",
        "I have cleared the download and started it again over night.",
        "windows",
    ),
    (
        "Phone on the desk does not ring",
        "Calls go to the mailbox at once.",
        "Do-not-disturb was on. It is off, and the key is locked now.",
        "phone",
    ),
    (
        "Folder of the project is gone",
        "Yesterday evening it was still there.",
        "It had been moved one level down. It is back, and here is the way.",
        "files",
    ),
    (
        "Backup reports a warning",
        "The evening mail says one file was skipped.",
        "The file was open. The backup of last night is complete.",
        "backup",
    ),
    (
        "Licence of the drawing program runs out",
        "It says seven days left.",
        "The new licence is entered. You do not have to do anything.",
        "licence",
    ),
    (
        "Cannot sign in after the holidays",
        "It says the account is locked.",
        "The account is open again. Here is how to choose a new password.",
        "password",
    ),
    (
        "Website of the supplier is blocked",
        "We need it for orders.",
        "The page is allowed now for your department.",
        "network",
    ),
    (
        "Wi-Fi in the meeting room is slow",
        "Video stands still every minute.",
        "The access point has another channel now. Is it better?",
        "network",
    ),
    (
        "Mouse jumps on the big monitor",
        "Only on the left one.",
        "A new cable and a new driver. It holds still now.",
        "hardware",
    ),
    (
        "Mail to a customer comes back",
        "It says our address is not trusted.",
        "Their filter was too strict; we have written to them, and it goes through.",
        "mail",
    ),
    (
        "Spreadsheet opens read-only",
        "It says somebody else has it open.",
        "A lock was left behind by a crash. It is gone.",
        "files",
    ),
    (
        "New colleague needs rights",
        "The same rights as mine, from Monday.",
        "Done. The letter with the first password lies with you.",
        "rights",
    ),
    (
        "Computer is very slow since lunch",
        "Everything takes minutes.",
        "An indexing run had gone wild. It is stopped and will not come back.",
        "windows",
    ),
)
THANKS = (
    "Thank you, it works.",
    "Perfect, that was quick.",
    "It works again. Thanks!",
    "Good, I will watch it until tomorrow.",
)
NOTES = (
    "Same as at Kestrel in spring.",
    "Was not the cable this time.",
    "If it comes back: reinstall the driver, not the program.",
)
COMMENTS = {
    "happy": ("Quick and friendly.", "", "Solved within the hour.", ""),
    "neutral": ("It took two tries.", ""),
    "sad": ("I had to write three times.",),
}
