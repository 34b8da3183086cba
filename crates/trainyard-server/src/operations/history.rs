//! The history of a metric. A whole one is passed on in parts: however long it is, few of its points are in memory.

use axum::body::Body;
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use trainyard_api::metrics::{GetMetricHistory, GetMetricHistoryResponse, Metric};
use trainyard_artifacts::BoxError;

use crate::app::App;
use crate::failure::Failure;

/// Points that are read and sent at once.
const PART: i64 = 10_000;

/// The answer's body: the page that is asked for, else everything.
pub(crate) async fn of_metric(app: App, request: GetMetricHistory) -> Result<Body, Failure> {
    let whole = request.max_results.is_none();
    let request = GetMetricHistory { max_results: request.max_results.or(Some(PART)), ..request };
    let first = app.store.execute(request.clone()).await?;
    if whole && !first.next_page_token.is_empty() {
        return Ok(Body::from_stream(parts(app, request, first)));
    }
    Ok(Body::from(to_json(&first)))
}

/// The JSON of a history that begins with this page. It breaks off when the store fails, which clients notice.
fn parts(
    app: App,
    request: GetMetricHistory,
    first: GetMetricHistoryResponse,
) -> impl Stream<Item = Result<Bytes, BoxError>> + Send {
    let beginning = Bytes::from([b"{\"metrics\":[".as_slice(), &points(&first.metrics)].concat());
    let rest = stream::try_unfold((app, request, first.next_page_token), async |(app, request, page_token)| {
        if page_token.is_empty() {
            return Ok(None);
        }
        let request = GetMetricHistory { page_token, ..request };
        let page = app.store.execute(request.clone()).await?;
        // Points may be gone that were there when the token was given out.
        let separator: &[u8] = if page.metrics.is_empty() { b"" } else { b"," };
        let part = Bytes::from([separator, &points(&page.metrics)].concat());
        Ok::<_, BoxError>(Some((part, (app, request, page.next_page_token))))
    });
    stream::once(async { Ok(beginning) }).chain(rest).chain(stream::once(async { Ok(Bytes::from_static(b"]}")) }))
}

/// Points as JSON, separated by commas.
fn points(metrics: &[Metric]) -> Vec<u8> {
    let json = to_json(&metrics);
    json.strip_prefix(b"[").and_then(|json| json.strip_suffix(b"]")).unwrap_or_default().to_vec()
}

fn to_json(value: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}
