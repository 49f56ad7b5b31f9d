"""Why a file was not taken."""


class Refused(ValueError):
    """The file cannot be taken; the message is one sentence for whoever sent it."""
