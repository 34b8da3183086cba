//! Requests of one kind that come at the same time and are carried out together: as many statements for all of them as
//! for one, where each would need several of its own.
//!
//! The first to come queues a job; whoever comes before that job's turn joins it. So nobody waits for others to come: without
//! load every request is carried out by itself. On PostgreSQL, where several transactions write, another takes the job when
//! those under way take long.

use std::fmt;
use std::sync::{Arc, Mutex};

use tokio::sync::oneshot;
use trainyard_api::Endpoint;
use trainyard_api::metrics::LogMetric;
use trainyard_api::runs::CreateRun;

use crate::db::{Place, lock};
use crate::{Operation, Outcomes, StoreError, Transaction};

/// Requests of one job; the next begins another.
const MOST: usize = 256;

/// The gatherings of a store, by kind of request.
#[derive(Debug, Default)]
pub struct Gatherings {
    pub(crate) create_run: Gathering<CreateRun>,
    pub(crate) log_metric: Gathering<LogMetric>,
}

/// Where requests of one kind wait for their common job.
pub struct Gathering<O: Operation> {
    /// The group that was begun last.
    latest: Mutex<Arc<Waiting<O>>>,
}

/// Those that wait for a job; none once its turn has come.
type Waiting<O> = Mutex<Option<Vec<Member<O>>>>;

/// A request, and who is told of its outcome.
struct Member<O: Operation> {
    request: O,
    reply: oneshot::Sender<Result<O::Response, StoreError>>,
}

impl<O: Operation> Default for Gathering<O> {
    fn default() -> Self {
        Self { latest: Mutex::default() }
    }
}

impl<O: Operation> fmt::Debug for Gathering<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gathering").finish_non_exhaustive()
    }
}

impl<O: Operation> Gathering<O> {
    /// Has a request join those that wait; its answer comes to the receiver. Where none wait, `submit` is given their job to
    /// queue. If there is no place for it in the queue, the request is handed back.
    pub(crate) fn join(&self, request: O, submit: impl FnOnce(Group<O>) -> Result<(), Place>) -> Result<Answer<O>, O> {
        let (reply, answer) = oneshot::channel();
        let member = Member { request, reply };
        let mut latest = lock(&self.latest);
        if let Some(waiting) = lock(&latest).as_mut().filter(|waiting| waiting.len() < MOST) {
            waiting.push(member);
            return Ok(answer);
        }
        let begun = Arc::new(Mutex::new(Some(vec![member])));
        match submit(Group { waiting: Arc::clone(&begun), members: Vec::new() }) {
            Ok(()) => {
                *latest = begun;
                Ok(answer)
            }
            // The place holds the group, which takes its members with it.
            Err(_place) => match lock(&begun).take().and_then(|mut members| members.pop()) {
                Some(member) => Err(member.request),
                None => Ok(answer),
            },
        }
    }
}

/// Where the outcome of a request is heard of.
pub(crate) type Answer<O> = oneshot::Receiver<Result<<O as Endpoint>::Response, StoreError>>;

/// The common job of requests: those that wait when its turn comes.
pub(crate) struct Group<O: Operation> {
    waiting: Arc<Waiting<O>>,
    members: Vec<Member<O>>,
}

impl<O: Operation> Group<O> {
    /// Carries out the requests, for the first time or, undone meanwhile, again.
    pub(crate) fn execute(&mut self, tx: &mut Transaction<'_>) -> Result<Outcomes<O::Response>, StoreError> {
        self.begin();
        O::execute_all(self.members.iter().map(|member| member.request.clone()).collect(), tx)
    }

    /// Tells each of them its outcome, or of what kept all of them from being carried out.
    pub(crate) fn answer(&mut self, outcomes: Result<Outcomes<O::Response>, StoreError>) {
        self.begin();
        let members = std::mem::take(&mut self.members);
        // Nobody listens to the answer of a request whose client has gone away.
        match outcomes {
            Ok(outcomes) => {
                for (member, outcome) in members.into_iter().zip(outcomes) {
                    drop(member.reply.send(outcome));
                }
            }
            Err(error) => {
                for member in members {
                    drop(member.reply.send(Err(error.clone())));
                }
            }
        }
    }

    /// From now on nobody joins.
    fn begin(&mut self) {
        self.members.extend(lock(&self.waiting).take().into_iter().flatten());
    }
}

impl<O: Operation> Drop for Group<O> {
    /// A store that closes drops jobs; whoever waits reads the dropped reply as "closed". Nobody may join any more.
    fn drop(&mut self) {
        self.begin();
    }
}
