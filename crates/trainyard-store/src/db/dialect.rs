//! Everything that SQL must say differently for each database.

/// The database that a statement is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite 3.45 or later.
    Sqlite,
}

impl Dialect {
    /// `LIKE` of the filter language: minds the case, `%` and `_` are wildcards, nothing escapes them.
    pub fn like(self, column: &str, bind: &str) -> String {
        match self {
            Self::Sqlite => format!("{column} LIKE {bind}"),
        }
    }

    /// `ILIKE` of the filter language. SQLite connections compare `LIKE` by case, so fold both sides.
    pub fn ilike(self, column: &str, bind: &str) -> String {
        match self {
            Self::Sqlite => format!("LOWER({column}) LIKE LOWER({bind})"),
        }
    }

    /// `RLIKE` of the filter language: whether a regular expression fits somewhere in the text. What
    /// [`regular_expression`](super::regular_expression) takes means the same in both databases.
    pub fn rlike(self, column: &str, bind: &str) -> String {
        match self {
            Self::Sqlite => format!("{column} REGEXP {bind}"),
        }
    }

    /// The number that a text is, as a double; NULL when it is none.
    pub fn number(self, column: &str) -> String {
        match self {
            Self::Sqlite => format!("NUMBER({column})"),
        }
    }

    /// A subquery of the integers in one bound value made by [`Value::integers`](super::Value::integers), for `IN`:
    /// however many they are, the statement's text stays the same.
    pub fn integers(self, bind: &str) -> String {
        match self {
            Self::Sqlite => format!("(SELECT value FROM json_each({bind}))"),
        }
    }

    /// A subquery of the numbers in one bound value made by [`Value::numbers`](super::Value::numbers), for `IN`.
    pub fn numbers(self, bind: &str) -> String {
        self.integers(bind)
    }

    /// A subquery of the texts in one bound value made by [`Value::texts`](super::Value::texts), for `IN`.
    pub fn texts(self, bind: &str) -> String {
        match self {
            Self::Sqlite => format!("(SELECT value FROM json_each({bind}))"),
        }
    }
}
