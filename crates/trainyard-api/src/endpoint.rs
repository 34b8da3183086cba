//! The link between a request type and its place in the REST interface, known to server and client alike.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// HTTP methods that the interface uses.
///
/// ```
/// use trainyard::api::runs::{CreateRun, GetRun};
/// use trainyard::api::{Endpoint, Method};
///
/// assert_eq!(GetRun::METHOD, Method::Get);
/// assert_eq!(CreateRun::METHOD, Method::Post);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Fields travel as query parameters.
    Get,
    /// Fields travel as a JSON body.
    Post,
    /// Fields travel as a JSON body.
    Patch,
    /// Fields travel as a JSON body.
    Delete,
}

/// A request of the REST interface: where it is sent and what answers it.
///
/// ```
/// use trainyard::api::Endpoint;
/// use trainyard::api::experiments::{CreateExperiment, GetExperimentByName};
///
/// fn address<E: Endpoint>(_request: &E) -> String {
///     format!("{:?} {}{}", E::METHOD, E::ROOT, E::PATH)
/// }
/// assert_eq!(address(&CreateExperiment::default()), "Post /api/2.0/mlflow/experiments/create");
/// assert_eq!(address(&GetExperimentByName::default()), "Get /api/2.0/mlflow/experiments/get-by-name");
/// ```
pub trait Endpoint: Send + 'static {
    /// What a successful answer holds.
    type Response: Serialize + DeserializeOwned + Send + 'static;
    /// The HTTP method.
    const METHOD: Method;
    /// What the path begins with.
    const ROOT: &'static str;
    /// The path below the root; `{field}` stands for a field of the request.
    const PATH: &'static str;
}

/// A request whose fields travel as JSON or as query parameters: all but the few that are bytes of their own kind.
///
/// ```
/// use trainyard::api::JsonEndpoint;
/// use trainyard::api::runs::LogParam;
///
/// fn body<E: JsonEndpoint>(request: &E) -> String {
///     serde_json::to_string(request).expect("plain data")
/// }
/// let request = LogParam { run_id: "0a".into(), key: "seed".to_owned(), value: "42".to_owned(), ..Default::default() };
/// assert_eq!(body(&request), r#"{"run_id":"0a","key":"seed","value":"42"}"#);
/// ```
pub trait JsonEndpoint: Endpoint + Serialize + DeserializeOwned {}

impl<E: Endpoint + Serialize + DeserializeOwned> JsonEndpoint for E {}

/// A request that a client passes on, with and without a server. Requests for which it has ways of its own are not among
/// them. Of what only a server can do there is [`TestWebhook`](crate::webhooks::TestWebhook), which a store refuses in so
/// many words.
///
/// Only the macro `endpoints` makes them: what a client takes does not depend on how the client was built.
#[doc(hidden)]
pub trait Stored: Endpoint + Clone {}

/// An answer without fields: `{}`.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::Empty;
/// use trainyard::api::runs::{CreateRun, DeleteRun};
///
/// let run_id = client.call(CreateRun::default())?.run.info.run_id;
/// assert_eq!(client.call(DeleteRun { run_id })?, Empty {});
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Empty {}

/// Ties request types to method, path and response, one line each; below `/api/2.0/mlflow` unless said otherwise.
///
/// `served` stands before those that a server alone answers and no client passes on.
macro_rules! endpoints {
    (served below $root:literal $($method:ident $path:literal $request:ty => $response:ty;)+) => {$(
        impl $crate::Endpoint for $request {
            type Response = $response;
            const METHOD: $crate::Method = $crate::Method::$method;
            const ROOT: &'static str = $root;
            const PATH: &'static str = $path;
        }
    )+};
    (served $($line:tt)+) => { $crate::endpoint::endpoints! { served below "/api/2.0/mlflow" $($line)+ } };
    (below $root:literal $($method:ident $path:literal $request:ty => $response:ty;)+) => {
        $crate::endpoint::endpoints! { served below $root $($method $path $request => $response;)+ }
        $(impl $crate::endpoint::Stored for $request {})+
    };
    ($($line:tt)+) => { $crate::endpoint::endpoints! { below "/api/2.0/mlflow" $($line)+ } };
}
pub(crate) use endpoints;
