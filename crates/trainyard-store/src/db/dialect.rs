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

    /// What ends a `SELECT` of a row that nobody else may change until the transaction ends.
    pub fn for_update(self) -> &'static str {
        match self {
            // There is only one writer.
            Self::Sqlite => "",
        }
    }

    /// What ends a `SELECT` of a row that may be read meanwhile, and locked by nobody with [`Dialect::for_update`].
    pub fn for_share(self) -> &'static str {
        match self {
            Self::Sqlite => "",
        }
    }

    /// A query of every table's name and bytes, those of its indexes included, the largest first.
    pub fn table_sizes(self) -> &'static str {
        match self {
            Self::Sqlite => {
                "SELECT COALESCE(schema.tbl_name, stat.name), SUM(stat.pgsize) FROM dbstat AS stat
                 LEFT JOIN sqlite_schema AS schema ON schema.name = stat.name
                 WHERE stat.aggregate = TRUE GROUP BY 1 ORDER BY 2 DESC, 1"
            }
        }
    }

    /// A query of the bytes that the database takes, and of those among them that hold nothing.
    pub fn database_size(self) -> &'static str {
        match self {
            Self::Sqlite => {
                "SELECT page_count * page_size, freelist_count * page_size
                 FROM pragma_page_count, pragma_page_size, pragma_freelist_count"
            }
        }
    }

    /// A query of what the database finds wrong with its pages and indexes, a line each; `ok` when that is nothing.
    pub fn integrity_check(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => Some("PRAGMA integrity_check(100)"),
        }
    }

    /// A query of tables with rows that refer to missing ones of other tables: both names and how many rows. `None` where
    /// the database itself lets none come about.
    pub fn reference_check(self) -> Option<&'static str> {
        match self {
            // It enforces references only for those who ask for it.
            Self::Sqlite => {
                Some("SELECT \"table\", parent, COUNT(*) FROM pragma_foreign_key_check GROUP BY 1, 2 ORDER BY 1, 2")
            }
        }
    }
}
