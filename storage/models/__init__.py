"""Every table; importing this module fills `SQLModel.metadata`."""

from storage.models.congresses import Congress, PhaseOpening, Secretary
from storage.models.contributions import (
    Collection,
    Contribution,
    ContributionConsent,
    ContributionFile,
    ContributionMessage,
    ContributionStem,
    ContributionTheme,
    ContributionVersion,
    Deposit,
    DoomedBlob,
    FileRendition,
    Theme,
    Transcript,
)
from storage.models.history import TextChunk, TextHistory
from storage.models.motions import ClientBinding, DraftSnapshot, DraftUpdate, LateText, Motion
from storage.models.people import Card, LoginSession, Official, SignInAttempt, SignInMail
from storage.models.record import Checkpoint, Entry, LogKey, LogTile, RetiredLog, SealedObject, Timestamp, Witness
from storage.models.redactions import Redaction, RedactionRequest, WithdrawnObject
from storage.models.search import SearchPassage, SearchState, SearchStem
from storage.models.uploads import Upload
from storage.models.work import Job, JobPiece, Mail

__all__ = [
    "Card",
    "Checkpoint",
    "ClientBinding",
    "Collection",
    "Congress",
    "Contribution",
    "ContributionConsent",
    "ContributionFile",
    "ContributionMessage",
    "ContributionStem",
    "ContributionTheme",
    "ContributionVersion",
    "Deposit",
    "DoomedBlob",
    "DraftSnapshot",
    "DraftUpdate",
    "Entry",
    "FileRendition",
    "Job",
    "JobPiece",
    "LateText",
    "LogKey",
    "LogTile",
    "LoginSession",
    "Mail",
    "Motion",
    "Official",
    "PhaseOpening",
    "Redaction",
    "RedactionRequest",
    "RetiredLog",
    "SealedObject",
    "SearchPassage",
    "SearchState",
    "SearchStem",
    "Secretary",
    "SignInAttempt",
    "SignInMail",
    "TextChunk",
    "TextHistory",
    "Theme",
    "Timestamp",
    "Transcript",
    "Upload",
    "WithdrawnObject",
    "Witness",
]
