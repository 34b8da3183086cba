//! What can go wrong in a database, in terms that rules can match on.

/// A failure of the database, told apart by what a rule can do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DbError {
    /// A row with this key is there already.
    #[error("a unique key is taken: {0}")]
    UniqueViolation(String),
    /// A row refers to another that is not there.
    #[error("a referenced row does not exist: {0}")]
    ForeignKeyViolation(String),
    /// Other processes kept the database locked for longer than a client would wait.
    #[error("the database was locked by other processes for too long")]
    Busy,
    /// Other writers were in the way again and again: deadlocks, or changes that cannot both be made.
    #[error("the transaction and those of others were in each other's way: {0}")]
    Conflict(String),
    /// A statement took longer than it may, or waited longer for the lock of another.
    #[error("the database took too long: {0}")]
    TimedOut(String),
    /// The disk, or the quota on it, is used up.
    #[error("the disk that holds the database is full")]
    DiskFull,
    /// A text that databases cannot hold; the excerpt is escaped.
    #[error("text contains the character NUL, which cannot be stored: {0}")]
    NulInText(String),
    /// A value that is larger than an index of the database can hold.
    #[error("a value is too large to be stored: {0}")]
    TooLarge(String),
    /// A regular expression that the database cannot carry out.
    #[error("the regular expression is too complex: {0}")]
    Pattern(String),
    /// The file is not a database of this kind.
    #[error("not a database: {0}")]
    NotADatabase(String),
    /// The database cannot be read or written: a broken disk, missing permission, a file taken away.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// A page of the database is damaged.
    #[error("the database is damaged: {0}")]
    Corrupt(String),
    /// Anything else: a mistake in a statement, a value of an unexpected type.
    #[error("{0}")]
    Other(String),
}
