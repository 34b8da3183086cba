//! Everything that SQL must say differently for each database.

mod upkeep;

use super::{List, Value};

/// The database that a statement is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite 3.45 or later.
    Sqlite,
    /// PostgreSQL 14 or later.
    Postgres,
}

/// What becomes of other writers of a table, see [`Dialect::lock`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writers {
    /// They wait until the transaction ends.
    Wait,
    /// They go on, and whoever wants to keep them out waits for all of them.
    Enter,
}

impl Dialect {
    /// `LIKE` of the filter language: minds the case, `%` and `_` are wildcards, nothing escapes them.
    pub fn like(self, column: &str, bind: &str) -> String {
        match self {
            Self::Sqlite => format!("{column} LIKE {bind}"),
            Self::Postgres => format!("{column} LIKE {bind} ESCAPE ''"),
        }
    }

    /// `ILIKE` of the filter language. SQLite connections compare `LIKE` by case, so fold both sides.
    pub fn ilike(self, column: &str, bind: &str) -> String {
        match self {
            Self::Sqlite => format!("LOWER({column}) LIKE LOWER({bind})"),
            // `folding` is a collation that migration 1 makes; without it `LOWER` of our columns would fold ASCII only.
            Self::Postgres => {
                format!("LOWER({column} COLLATE folding) LIKE LOWER({bind} COLLATE folding) ESCAPE ''")
            }
        }
    }

    /// Whether a text holds another one, whatever the case of both. Nothing in it is a wildcard.
    pub fn contains(self, column: &str, bind: &str) -> String {
        match self {
            Self::Sqlite => format!("INSTR(LOWER({column}), LOWER({bind})) > 0"),
            Self::Postgres => format!("STRPOS(LOWER({column} COLLATE folding), LOWER({bind} COLLATE folding)) > 0"),
        }
    }

    /// `RLIKE` of the filter language: whether a regular expression, as [`pattern`](Self::pattern) gives it, fits somewhere
    /// in the text.
    pub fn rlike(self, column: &str, bind: &str) -> String {
        match self {
            Self::Sqlite => format!("{column} REGEXP {bind}"),
            Self::Postgres => format!("{column} ~ {bind}"),
        }
    }

    /// A regular expression that `regular_expression` takes, written so that it means the same to the database.
    pub fn pattern(self, expression: &str) -> String {
        match self {
            Self::Sqlite => expression.to_owned(),
            Self::Postgres => super::postgres::pattern(expression),
        }
    }

    /// The number that a text is, as a double; NULL when it is none.
    pub fn number(self, column: &str) -> String {
        match self {
            // In PostgreSQL a function of migration 1.
            Self::Sqlite | Self::Postgres => format!("NUMBER({column})"),
        }
    }

    /// A subquery of the integers in one bound value made by [`Value::integers`](super::Value::integers), for `IN`:
    /// however many they are, the statement's text stays the same.
    pub fn integers(self, bind: &str) -> String {
        match self {
            Self::Sqlite => format!("(SELECT value FROM json_each({bind}))"),
            Self::Postgres => format!("(SELECT UNNEST({bind}))"),
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
            Self::Postgres => format!("(SELECT UNNEST({bind}))"),
        }
    }

    /// A subquery of pairs, whose columns are `text` and `number`. They are the last values of their statement, bound by
    /// [`bound_pairs`](Self::bound_pairs) from number `first` on.
    pub fn pairs(self, first: usize) -> String {
        match self {
            Self::Sqlite => format!("(SELECT value ->> 0 AS text, value ->> 1 AS number FROM json_each(${first}))"),
            Self::Postgres => {
                format!("(SELECT * FROM UNNEST(${first}, ${}) AS pair(text, number))", first + 1)
            }
        }
    }

    /// The values of [`pairs`](Self::pairs): one list of pairs, or two lists. (From two lists SQLite would look up each entry
    /// of one by its place, and read that list up to there each time.)
    pub fn bound_pairs<'p>(self, pairs: impl IntoIterator<Item = (&'p str, i64)>) -> Vec<Value> {
        match self {
            Self::Sqlite => {
                let owned = pairs.into_iter().map(|(text, number)| (text.to_owned(), number));
                vec![Value::List(List::Pairs(owned.collect()))]
            }
            Self::Postgres => {
                let (texts, numbers): (Vec<&str>, Vec<i64>) = pairs.into_iter().unzip();
                vec![Value::texts(texts), Value::integers(&numbers)]
            }
        }
    }

    /// A subquery of rows of integers in columns of these names. They are the last values of their statement, bound by
    /// [`bound_integer_rows`](Self::bound_integer_rows) from number `first` on.
    pub fn integer_rows<const N: usize>(self, names: [&str; N], first: usize) -> String {
        match self {
            Self::Sqlite => {
                let columns = names.iter().enumerate().map(|(index, name)| format!("value ->> {index} AS {name}"));
                format!("(SELECT {} FROM json_each(${first}))", columns.collect::<Vec<_>>().join(", "))
            }
            Self::Postgres => {
                let binds: Vec<String> = (first..first + N).map(|bind| format!("${bind}")).collect();
                format!("(SELECT * FROM UNNEST({}) AS integer_row({}))", binds.join(", "), names.join(", "))
            }
        }
    }

    /// The values of [`integer_rows`](Self::integer_rows): one list of rows, or a list for each column.
    pub fn bound_integer_rows<const N: usize>(self, rows: &[[i64; N]]) -> Vec<Value> {
        match self {
            Self::Sqlite => vec![Value::List(List::IntegerRows(rows.iter().map(|row| row.to_vec()).collect()))],
            Self::Postgres => {
                let column = |index: usize| Value::List(List::Integers(rows.iter().map(|row| row[index]).collect()));
                (0..N).map(column).collect()
            }
        }
    }

    /// At the end of a `SELECT`: waits for whoever holds the row by [`for_update`](Self::for_update), and keeps others from
    /// that until the transaction ends.
    pub fn for_key_share(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " FOR KEY SHARE",
        }
    }

    /// A condition that the second column of a key is a value, for rows that are looked up by that key. PostgreSQL is told of a
    /// range: a store with many names that few runs have makes it think that an index which begins with the name, and has the
    /// run somewhere behind, finds the row at once, where it passes over all entries of a name that all runs have.
    pub fn second_of_key(self, column: &str, value: &str) -> String {
        match self {
            Self::Sqlite => format!("{column} = {value}"),
            Self::Postgres => format!("{column} BETWEEN {value} AND {value}"),
        }
    }

    /// At the end of a subquery of `EXISTS`: has it looked up row by row. PostgreSQL would make joins of them, and two hundred
    /// joins take it minutes to plan.
    pub fn looked_up(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " OFFSET 0",
        }
    }

    /// What indexes of long texts hold instead of the text, if it is not the text itself. Texts that differ in it are in its
    /// order.
    pub fn indexed_text(self, column: &str) -> Option<String> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some(format!("LEFT({column}, {INDEXED_CHARS})")),
        }
    }

    /// The column with what indexes hold of a column `value` of `param` or `run_tag`, if it is not `value` itself.
    pub fn value_start(self, table: &str) -> Option<String> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some(format!("{table}.value_start")),
        }
    }

    /// Behind queries of one column that are put together by `INTERSECT` and that indexes answer in its order. SQLite then
    /// passes over them side by side: it would make an index of the first of them; it leaves orders out that change nothing,
    /// but for this bound on the number of rows, which is none. PostgreSQL, which makes a table of hashes, would look at other
    /// conditions first. As a join it would look up each run of one in the other, since a plan that is good for any text is
    /// one for few runs.
    pub fn intersected(self) -> &'static str {
        match self {
            Self::Sqlite => " ORDER BY 1 LIMIT -1",
            Self::Postgres => " OFFSET 0",
        }
    }

    /// What stands before and behind the condition of a left join of one row of a table, which is called `alias` in it.
    /// PostgreSQL, which would read much of the table to join it as a whole, looks the row up.
    pub fn looked_up_join(self, table: &str, alias: &str) -> (String, String) {
        match self {
            Self::Sqlite => (format!(" LEFT JOIN {table} {alias} ON "), String::new()),
            Self::Postgres => (
                format!(" LEFT JOIN LATERAL (SELECT * FROM {table} {alias} WHERE "),
                format!(" OFFSET 0) {alias} ON TRUE"),
            ),
        }
    }

    /// As [`for_update`](Self::for_update), of the rows of one table.
    pub fn for_update_of(self, table: &str) -> String {
        match self {
            Self::Sqlite => String::new(),
            Self::Postgres => format!(" FOR UPDATE OF {table}"),
        }
    }

    /// What ends a `SELECT` of a row that nobody else may change until the transaction ends.
    pub fn for_update(self) -> &'static str {
        match self {
            // There is only one writer.
            Self::Sqlite => "",
            Self::Postgres => " FOR UPDATE",
        }
    }

    /// A statement that keeps writers out of a table until the transaction ends, or those who keep them out. `None` where
    /// there is only one writer.
    pub fn lock(self, table: &str, writers: Writers) -> Option<String> {
        let mode = match writers {
            Writers::Wait => "SHARE ROW EXCLUSIVE",
            Writers::Enter => "ROW EXCLUSIVE",
        };
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some(format!("LOCK TABLE {table} IN {mode} MODE")),
        }
    }

    /// What ends a `SELECT` of rows of which those of one table may be read meanwhile, and locked by nobody with
    /// [`Dialect::for_update`].
    pub fn for_share_of(self, table: &str) -> String {
        match self {
            Self::Sqlite => String::new(),
            Self::Postgres => format!(" FOR SHARE OF {table}"),
        }
    }

    /// A column that rows are tested for as they come, and not found by. PostgreSQL knows how many rows have a value, and is
    /// left to see that: of an expression it knows nothing, and believes that hardly any row passes.
    pub fn not_by_index(self, column: &str) -> String {
        match self {
            Self::Sqlite => format!("+{column}"),
            Self::Postgres => column.to_owned(),
        }
    }
}

/// Characters of a text that indexes hold in PostgreSQL, where an entry has at most 2,700 bytes.
const INDEXED_CHARS: usize = 250;

/// As much of a text as [`Dialect::indexed_text`] leaves of a column.
pub(crate) fn indexed_part(text: &str) -> &str {
    text.char_indices().nth(INDEXED_CHARS).map_or(text, |(end, _)| &text[..end])
}

/// Whether [`Dialect::indexed_text`] leaves nothing of other texts than this that is all of it.
pub(crate) fn is_indexed_whole(text: &str) -> bool {
    text.chars().nth(INDEXED_CHARS - 1).is_none()
}
