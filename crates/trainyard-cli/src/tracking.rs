//! What every command but `server` shares: where the runs are kept, and how the answer is printed.

use std::path::Path;

use clap::{Args, ValueEnum};
use trainyard::Client;
use trainyard_api::ViewType;

use crate::failure::Failure;

/// Where runs are kept when nothing says otherwise: relative to the folder the command is run in.
const DEFAULT_DATABASE: &str = "yard/yard.db";

/// Flags of every command that talks to a tracking store.
#[derive(Debug, Args)]
pub struct TrackingArgs {
    /// http(s)://… of a server, or sqlite:///… or postgresql://… of a database [default: ./yard of this folder].
    #[arg(long, value_name = "URI", env = "TRAINYARD_TRACKING_URI", hide_env_values = true)]
    tracking_uri: Option<String>,
    /// Print JSON, for machines.
    #[arg(long)]
    pub json: bool,
}

impl TrackingArgs {
    /// A client for looking at what is there.
    pub fn connect(&self) -> Result<Client, Failure> {
        if self.tracking_uri.is_none() && !Path::new(DEFAULT_DATABASE).exists() {
            return Err(Failure::because(
                "nothing has been recorded in this folder: there is no ./yard. Run a training script here, or say \
                 where to look with --tracking-uri http://… or sqlite:///…",
            ));
        }
        self.connect_or_create()
    }

    /// A client for adding something; the default store is made as needed.
    pub fn connect_or_create(&self) -> Result<Client, Failure> {
        let default = || format!("sqlite:///{DEFAULT_DATABASE}");
        Ok(Client::connect(&self.tracking_uri.clone().unwrap_or_else(default))?)
    }
}

/// Flags of every listing.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Only what matches, in MLflow's filter language.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub filter: String,
    /// Order, such as "name ASC"; may be repeated.
    #[arg(long, value_name = "KEY [ASC|DESC]")]
    pub order_by: Vec<String>,
    /// Stop after so many.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    pub max_results: u32,
}

/// Which lifecycle stages to list.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum View {
    /// What is in use.
    Active,
    /// What has been deleted and can be restored.
    Deleted,
    /// Both.
    All,
}

impl From<View> for ViewType {
    fn from(view: View) -> Self {
        match view {
            View::Active => Self::ActiveOnly,
            View::Deleted => Self::DeletedOnly,
            View::All => Self::All,
        }
    }
}

/// Collects pages until there are `wanted` items or no more; tells on stderr when some are left.
///
/// `fetch` takes the page size and the page token, and returns the items and the next token.
pub fn collect_pages<T>(
    wanted: u32,
    mut fetch: impl FnMut(i64, String) -> Result<(Vec<T>, String), Failure>,
) -> Result<Vec<T>, Failure> {
    const PAGE: usize = 1000;
    let wanted = wanted as usize;
    let mut items = Vec::new();
    let mut token = String::new();
    loop {
        let size = PAGE.min(wanted - items.len());
        let (page, next) = fetch(size as i64, token)?;
        items.extend(page);
        if next.is_empty() {
            return Ok(items);
        }
        if items.len() >= wanted {
            anstream::eprintln!("There are more; raise --max-results above {wanted} to see them.");
            return Ok(items);
        }
        token = next;
    }
}
