//! `coppice emulators`: the embedded services for functions that run as processes of their own.

use crate::cli::EmulatorOptions;
use crate::failure::Failure;
use crate::identity;
use crate::serve::{asked_to_stop, listen, open_identity, told};
use crate::services::{QUEUE, SIMULATED_TABLE, Services, TABLE};
use coppice_runtime::logging;
use serde_json::json;
use std::io::Write;
use std::sync::Arc;
use tokio::sync::watch;

/// Serves the services until the process is asked to stop. Prints where, as one line of JSON.
///
/// # Errors
/// When a service cannot start.
pub async fn run(options: EmulatorOptions) -> Result<(), Failure> {
    logging::start(options.common.log.into(), &options.common.log_filter);
    let dynamodb = listen(options.listen_dynamodb).await?;
    let sqs = listen(options.listen_sqs).await?;
    let keystone = listen(options.listen_identity).await?;
    let url = |listener: &tokio::net::TcpListener, asked| {
        format!("http://{}", listener.local_addr().unwrap_or(asked))
    };
    let (dynamodb_url, sqs_url) = (url(&dynamodb, options.listen_dynamodb), url(&sqs, options.listen_sqs));
    let identity_url = url(&keystone, options.listen_identity);
    let data_dir = (!options.common.in_memory).then_some(options.common.data_dir.as_path());
    let services = Services::open(data_dir, sqs_url.clone()).await?;
    let (identity, clouds) = open_identity(&options.common, &identity_url, &options.api_url)?;
    let line = json!({
        "dynamodb": dynamodb_url, "sqs": sqs_url, "identity": format!("{identity_url}{}", identity::PREFIX),
        "table": TABLE, "simulated_table": SIMULATED_TABLE, "queue": QUEUE,
        "queue_url": services.queue_url, "clouds": clouds,
    });
    let asked = asked_to_stop();
    let mut out = std::io::stdout();
    writeln!(out, "{line}")
        .and_then(|()| out.flush())
        .map_err(|cause| Failure::Stopped(format!("standard output cannot be written: {cause}")))?;
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move {
        asked.await;
        // Whoever listened has stopped already if nobody does.
        stop.send(true).ok();
    });
    let app = identity::router(Arc::clone(&identity));
    let identity_served = axum::serve(keystone, app).with_graceful_shutdown(told(stopped.clone()));
    let (dynamodb, sqs, keystone) = tokio::join!(
        services.dynamodb.clone().serve(dynamodb, told(stopped.clone())),
        services.sqs.clone().serve(sqs, told(stopped)),
        async { identity_served.await },
    );
    dynamodb.map_err(Failure::Stopped)?;
    sqs.and(keystone).map_err(|cause| Failure::Stopped(cause.to_string()))
}
