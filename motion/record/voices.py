"""Kinds of entries about contributions: what was said to the congress, by whatever channel, and what became of it.

A contribution is logged when it is received, before anyone has judged it: its entry commits to the words and to the
files, and publishes nothing. Publication is another entry, with the same commitment, and opens the object. So what is
refused is seen to be refused, and what is published is seen to be what was received.
"""

from .forms import COUNT, HASH, ID, OPTIONAL, TEXT, WORD, Form, kind

_CONTRIBUTION = (ID, "the contribution: C1, C2… in the congress")
_VERSION = (COUNT, "which version of its words: 1, 2, 3… without a gap")
_FILE = (COUNT, "which of its files: 1, 2, 3… without a gap")
_LEN = (COUNT, "length of the content, in bytes")

VOICES = (
    kind(
        "collection.rules",
        "How contributions are received from now on.",
        consent=(COUNT, "version of the words of consent"),
        digest=(HASH, "SHA-256 of the words of consent in UTF-8: a public text"),
        moderation=(WORD, "`before` or `after` publication"),
    ),
    kind(
        "sheet.print",
        "Paper forms are printed, each with a number that ties it to the record.",
        first=(COUNT, "number of the first sheet"),
        last=(COUNT, "number of the last"),
    ),
    kind(
        "contribution.receive",
        "Words are received, or a new version of them. The object is kept, and published by another entry.",
        c=(HASH, "commitment to the words, with the name and place that their author gives"),
        channel=(WORD, "`web`, `kiosk`, `spoken`, `paper`, `mail` or `import`"),
        contribution=_CONTRIBUTION,
        len=_LEN,
        sheet=(COUNT, "number of the paper form", OPTIONAL),
        supports=(ID, "the contribution that it supports", OPTIONAL),
        version=_VERSION,
    ),
    kind(
        "contribution.file",
        "A file comes with a contribution, as its author sent it. The object is kept and never published.",
        c=(HASH, "commitment to the file"),
        contribution=_CONTRIBUTION,
        file=_FILE,
        len=_LEN,
        media=(WORD, "`photo`, `sound`, `video` or `document`"),
    ),
    kind(
        "contribution.consent",
        "Its author agrees to uses of a contribution, or no longer does.",
        contribution=_CONTRIBUTION,
        given=(Form.FLAG, "true when agreed, false when taken back"),
        how=(WORD, "`online`, `spoken`, `signed` or `mail`"),
        uses=(Form.WORDS, "of `publish`, `quote`, `archive`"),
        words=(COUNT, "version of the words of consent"),
    ),
    kind(
        "contribution.check",
        "Somebody else than who typed it has compared the words with the paper, or with what was said.",
        contribution=_CONTRIBUTION,
        version=_VERSION,
    ),
    kind(
        "contribution.address",
        "The author of words that somebody else typed is given a private address; the one before it leads nowhere.",
        contribution=_CONTRIBUTION,
    ),
    kind(
        "contribution.publish",
        "The words are published: the object of the version received.",
        c=(HASH, "commitment to the words: that of the version received"),
        contribution=_CONTRIBUTION,
        len=_LEN,
        version=_VERSION,
    ),
    kind(
        "contribution.show",
        "What was made of a file is published. The object is a file of its own, whatever its length.",
        c=(HASH, "commitment to what is shown"),
        contribution=_CONTRIBUTION,
        file=_FILE,
        len=_LEN,
        media=(TEXT, "its media type"),
        role=(WORD, "`video-720`, `video-360`, `sound`, `poster`, `waveform`, `photo`, `page`, `document`"),
    ),
    kind(
        "contribution.captions",
        "A transcript of a recording is published: WebVTT.",
        c=(HASH, "commitment to the transcript"),
        checked=(Form.FLAG, "true when a person has read it against the recording"),
        contribution=_CONTRIBUTION,
        file=_FILE,
        how=(WORD, "`automatic`, `file` or `typed`"),
        language=(WORD, "its language, as `fr`"),
        len=_LEN,
        version=(COUNT, "which version of the transcript in this language: 1, 2, 3…"),
    ),
    kind(
        "contribution.refuse",
        "A contribution is not published, or no longer: nothing is refused in silence.",
        basis=(TEXT, "the rule relied on"),
        contribution=_CONTRIBUTION,
        reason=(WORD, "one of the closed list of reasons"),
        remedy=(TEXT, "how to contest the decision"),
    ),
    kind(
        "contribution.keep",
        "A contribution was reported, or its author answered, or it was read after publication: it stays as it is.",
        contribution=_CONTRIBUTION,
        reason=(WORD, "what was reported, of the closed list of reasons", OPTIONAL),
    ),
    kind(
        "contribution.answer",
        "The author answers a decision. The object is kept, not published.",
        c=(HASH, "commitment to the answer"),
        contribution=_CONTRIBUTION,
        len=_LEN,
    ),
    kind(
        "contribution.notice",
        "Somebody reports a contribution. The object is kept, not published.",
        c=(HASH, "commitment to the report"),
        contribution=_CONTRIBUTION,
        len=_LEN,
        reason=(WORD, "one of the closed list of reasons"),
    ),
    kind(
        "contribution.reply",
        "A reply by somebody whom a contribution names, shown beside it (right of reply).",
        c=(HASH, "commitment to the reply"),
        contribution=_CONTRIBUTION,
        len=_LEN,
    ),
    kind(
        "contribution.withdraw",
        "A contribution is taken back by its author: its objects leave publication.",
        contribution=_CONTRIBUTION,
    ),
    kind(
        "contribution.sort",
        "A contribution is put under a theme, or taken from it.",
        contribution=_CONTRIBUTION,
        held=(Form.FLAG, "true when put, false when taken"),
        theme=(ID, "the theme"),
    ),
    kind(
        "contribution.group",
        "Two contributions that say the same are shown together, or no longer.",
        contribution=_CONTRIBUTION,
        held=(Form.FLAG, "true when grouped, false when parted"),
        **{"with": (ID, "the contribution with which it stands")},
    ),
    kind(
        "theme.change",
        "A theme of the secretariat's list is named, renamed or given up.",
        held=(Form.FLAG, "true while it is used"),
        name=(TEXT, "its name"),
        theme=(ID, "the theme: T1, T2… in the congress"),
    ),
    kind(
        "contribution.import",
        "Contributions collected elsewhere are imported; each has an entry of its own.",
        added=(COUNT, "contributions added"),
        left=(COUNT, "lines that were there already"),
        refused=(COUNT, "lines refused"),
    ),
)
"""The table, in the order of a contribution's life."""
