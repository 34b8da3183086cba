//! What a database says of itself and does for its upkeep, where each has words of its own for it.

use super::Dialect;

/// The start of a query of what has changed in each table, with its parts as `part`.
macro_rules! changes_of_tables {
    () => {
        "SELECT QUOTE_IDENT(whole.relname) FROM pg_class AS whole
         LEFT JOIN pg_inherits AS partition ON partition.inhparent = whole.oid
         LEFT JOIN pg_class AS part ON part.oid = partition.inhrelid
         JOIN pg_stat_user_tables AS changed ON changed.relid = COALESCE(part.oid, whole.oid)
         WHERE whole.relkind IN ('p', 'r') AND NOT whole.relispartition
           AND whole.relnamespace = current_schema()::REGNAMESPACE
         GROUP BY whole.oid, whole.relname, whole.reltuples"
    };
}

impl Dialect {
    /// A query of every table's name and bytes, those of its indexes included, the largest first.
    pub fn table_sizes(self) -> &'static str {
        match self {
            Self::Sqlite => {
                "SELECT COALESCE(schema.tbl_name, stat.name), SUM(stat.pgsize) FROM dbstat AS stat
                 LEFT JOIN sqlite_schema AS schema ON schema.name = stat.name
                 WHERE stat.aggregate = TRUE GROUP BY 1 ORDER BY 2 DESC, 1"
            }
            // Partitions count for their table.
            Self::Postgres => {
                "SELECT COALESCE(whole.relname, part.relname)::TEXT,
                        CAST(SUM(pg_total_relation_size(part.oid)) AS BIGINT)
                 FROM pg_class AS part LEFT JOIN pg_inherits AS partition ON partition.inhrelid = part.oid
                 LEFT JOIN pg_class AS whole ON whole.oid = partition.inhparent
                 WHERE part.relkind = 'r' AND part.relnamespace = current_schema()::REGNAMESPACE
                 GROUP BY 1 ORDER BY 2 DESC, 1"
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
            // What is free within its files only the database knows, and uses again.
            Self::Postgres => {
                "SELECT CAST(COALESCE(SUM(pg_total_relation_size(oid)), 0) AS BIGINT), 0 FROM pg_class
                 WHERE relkind = 'r' AND relnamespace = current_schema()::REGNAMESPACE"
            }
        }
    }

    /// A query of the tables that have changed by a fifth since statistics of them were gathered. Of a table in parts as a whole
    /// the database never gathers them by itself: planners then know the parts, and guess about the whole. Of the others it
    /// does so some minutes later, which is long for a store that has just been filled.
    pub fn grown_tables(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some(concat!(
                changes_of_tables!(),
                " HAVING SUM(GREATEST(part.reltuples, 0)) > 1.2 * GREATEST(whole.reltuples, 0) + 1000
                      OR SUM(changed.n_mod_since_analyze) > SUM(changed.n_live_tup) / 5 + 1000"
            )),
        }
    }

    /// Statements that gather what planners need to know of a table.
    pub fn gather_statistics(self, table: &str) -> Vec<String> {
        match self {
            Self::Sqlite => Vec::new(),
            Self::Postgres => vec![format!("ANALYZE {table}")],
        }
    }

    /// A query of the tables that have grown by a fifth since it was noted which of their pages all may see. Indexes alone
    /// answer for those pages only. The database notes it by itself, some minutes later.
    pub fn unseen_tables(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some(concat!(
                changes_of_tables!(),
                " HAVING SUM(changed.n_ins_since_vacuum) > SUM(changed.n_live_tup) / 5 + 1000"
            )),
        }
    }

    /// Statements that note which pages of a table all may see, and do nothing else that takes long or locks others out. They
    /// give up after a while; what they have noted is noted, and the next time is for the rest.
    pub fn note_seen(self, table: &str) -> Vec<String> {
        match self {
            Self::Sqlite => Vec::new(),
            Self::Postgres => vec![
                // Others write to the same disk.
                "SET vacuum_cost_delay = 2; SET vacuum_cost_limit = 2000; SET statement_timeout = 10000".to_owned(),
                format!("VACUUM (TRUNCATE FALSE, INDEX_CLEANUP FALSE, SKIP_LOCKED) {table}"),
            ],
        }
    }

    /// A statement that gives back the empty end of a table from which many rows have gone.
    pub fn cut_off(self, table: &str) -> Option<String> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some(format!("VACUUM (ANALYZE) {table}")),
        }
    }

    /// A query of the parts of a table that are more than half empty, of which only the end could be cut off: one row that
    /// was written last keeps the room of all before it. Counts of rows are those of the last ANALYZE.
    pub fn emptied_parts(self, table: &str) -> Option<String> {
        match self {
            Self::Sqlite => None,
            // A point takes 64 bytes with all that PostgreSQL keeps of a row. Less than 128 KiB are not worth a lock.
            Self::Postgres => Some(format!(
                "SELECT QUOTE_IDENT(part.relname) FROM pg_inherits JOIN pg_class AS part ON part.oid = inhrelid
                 WHERE inhparent = '{table}'::REGCLASS
                   AND pg_relation_size(part.oid) > GREATEST(131072, 2 * 64 * part.reltuples)
                 ORDER BY 1"
            )),
        }
    }

    /// Statements that write a part of a table anew, with nothing but its rows. The part is locked meanwhile, so it is left
    /// as it is where it is not to be had in two seconds: who else asks for it has to wait behind.
    pub fn write_anew(self, part: &str) -> Vec<String> {
        match self {
            Self::Sqlite => Vec::new(),
            Self::Postgres => vec!["SET lock_timeout = 2000".to_owned(), format!("VACUUM (FULL, ANALYZE) {part}")],
        }
    }

    /// A statement that gives back the room in the indexes of a table: emptied ones stay as large as they were.
    pub fn index_anew(self, table: &str) -> Option<String> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some(format!("REINDEX TABLE CONCURRENTLY {table}")),
        }
    }

    /// A query of what the database finds wrong with its pages and indexes, a line each; `ok` when that is nothing.
    pub fn integrity_check(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => Some("PRAGMA integrity_check(100)"),
            // It looks after its files itself; its administrators have `pg_amcheck`.
            Self::Postgres => None,
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
            // Of all references this one is ours to keep.
            Self::Postgres => Some(
                "SELECT 'metric_point', 'metric_series', COUNT(*) FROM metric_point AS point
                 WHERE NOT EXISTS (SELECT 1 FROM metric_series WHERE id = point.series) HAVING COUNT(*) > 0",
            ),
        }
    }

    /// A statement that gives free pages back to the system, so many at most. `None` where the database does so by itself.
    pub fn give_back(self, pages: i64) -> Option<String> {
        match self {
            Self::Sqlite => Some(format!("PRAGMA incremental_vacuum({pages})")),
            Self::Postgres => None,
        }
    }
}
