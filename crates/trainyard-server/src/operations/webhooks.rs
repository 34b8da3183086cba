//! What of webhooks needs the network: looking at addresses before they are kept, and sending examples.

use trainyard_api::ApiError;
use trainyard_api::webhooks::{
    CreateWebhook, GetWebhookResponse, TestWebhook, TestWebhookResponse, UpdateWebhook, WebhookTestResult,
};
use trainyard_store::webhooks;

use crate::app::App;
use crate::failure::Failure;

pub(crate) async fn create(app: App, request: CreateWebhook) -> Result<GetWebhookResponse, Failure> {
    check_address(&app, &request.url).await?;
    Ok(app.store.execute(request).await?)
}

pub(crate) async fn update(app: App, request: UpdateWebhook) -> Result<GetWebhookResponse, Failure> {
    check_address(&app, &request.url).await?;
    Ok(app.store.execute(request).await?)
}

/// Sends an example, once: whoever asks wants to know what comes back, not to have it delivered.
pub(crate) async fn test(app: App, request: TestWebhook) -> Result<TestWebhookResponse, Failure> {
    let example = app.store.read(move |tx| webhooks::example(tx, &request)).await?;
    let result = match app.webhooks.send(&example.target, &example.delivery_id, &example.body).await {
        Ok(answer) => WebhookTestResult {
            success: answer.is_success(),
            response_status: Some(answer.status),
            error_message: answer.is_redirect().then(|| "the answer is a redirect, which is not followed".to_owned()),
            response_body: Some(answer.body),
        },
        Err(reason) => WebhookTestResult {
            error_message: Some(format!("Failed to test webhook: {reason}")),
            ..WebhookTestResult::default()
        },
    };
    Ok(TestWebhookResponse { result })
}

/// Refuses what would not be called, so that the one who asks hears of it. An address may come to lead elsewhere later,
/// so each connection is looked at again.
async fn check_address(app: &App, url: &str) -> Result<(), Failure> {
    if !url.is_empty() {
        webhooks::check_scheme(url, app.webhooks.allowed_schemes())?;
    }
    // What is no address at all is told by the operation, which knows whether there has to be one.
    let Ok(parsed) = webhooks::parse_url(url) else { return Ok(()) };
    app.webhooks.check(&parsed).await.map_err(|reason| {
        let url = webhooks::redact(url);
        ApiError::invalid(format!("Invalid value '{url}' for parameter 'url' supplied: it {reason}")).into()
    })
}
