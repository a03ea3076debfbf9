//! `coppice`: the whole system, served until it is told to stop.

use crate::cli::{CommonOptions, ServeOptions};
use crate::failure::Failure;
use crate::halt::Halt;
use crate::identity::{self, DevIdentity, Files, OsEntropy, write_clouds_yaml};
use crate::services::{Services, make_directory};
use crate::system::{Options, System};
use coppice_domain::time::{Clock, Timestamp};
use coppice_engine::Settings;
use coppice_runtime::adapters::SystemClock;
use coppice_runtime::config::Overrides;
use coppice_runtime::logging;
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// Serves the system until the process is asked to stop.
///
/// # Errors
/// When it cannot start, in one sentence.
pub async fn run(options: ServeOptions) -> Result<(), Failure> {
    let started = SystemClock.now();
    logging::start(options.common.log.into(), &options.common.log_filter);
    let behaviour = behaviour(&options)?;
    let listener = listen(options.listen).await?;
    let address =
        listener.local_addr().map_err(|cause| Failure::Listen { address: options.listen, cause })?;
    let sqs_listener = match options.listen_sqs {
        Some(address) => Some(listen(address).await?),
        None => None,
    };
    let dynamodb_listener = match options.listen_dynamodb {
        Some(address) => Some(listen(address).await?),
        None => None,
    };
    let sqs_url = format!("http://{}", options.listen_sqs.unwrap_or(address));
    let data_dir = (!options.common.in_memory).then_some(options.common.data_dir.as_path());
    let halt = options.halt_at.clone().map(Halt::new);
    let services = Services::open_until(data_dir, sqs_url, halt.as_ref()).await?;
    let root_url = format!("http://{address}");
    let (identity, clouds) = open_identity(&options.common, &root_url, &root_url)?;
    let system = System::new(services, behaviour)?;
    let app = identity::router(Arc::clone(&identity)).fallback_service(system.api(identity));
    let background = system.start(options.workers, Duration::from_millis(options.reconcile_every_ms));
    let (stop, stopped) = watch::channel(false);
    let mut others = Vec::new();
    if let Some(listener) = dynamodb_listener {
        others.push(tokio::spawn(system.services.dynamodb.clone().serve(listener, told(stopped.clone()))));
    }
    if let Some(listener) = sqs_listener {
        let serving = system.services.sqs.clone().serve(listener, told(stopped.clone()));
        others.push(tokio::spawn(async move { serving.await.map_err(|cause| cause.to_string()) }));
    }
    let asked = asked_to_stop();
    greet(&root_url, &clouds, started)?;
    let server = axum::serve(listener, app).with_graceful_shutdown(told(stopped));
    let stopping = tokio::spawn(async move {
        asked.await;
        tracing::info!("stopping: requests and actions under way are brought to a safe point");
        // Whoever listened has stopped already if nobody does.
        stop.send(true).ok();
    });
    let served = server.await;
    stopping.abort();
    background.stop().await;
    for other in others {
        match other.await {
            Ok(Ok(())) => {}
            Ok(Err(cause)) => tracing::warn!(error = cause, "an embedded service did not stop cleanly"),
            Err(cause) => tracing::warn!(error = %cause, "an embedded service died"),
        }
    }
    served.map_err(|cause| Failure::Stopped(cause.to_string()))
}

fn behaviour(options: &ServeOptions) -> Result<Options, Failure> {
    let simulated = match &options.simulated {
        Some(json) => serde_json::from_str(json)
            .map_err(|cause| Failure::Option { option: "--simulated", cause: cause.to_string() })?,
        None => Default::default(),
    };
    let overrides = match &options.settings {
        Some(json) => {
            Overrides::parse(json).map_err(|cause| Failure::Option { option: "--settings", cause })?
        }
        None => Overrides::default(),
    };
    Ok(Options { settings: overrides.apply(Settings::default()), simulated })
}

/// Listens on an address.
///
/// # Errors
/// When it is taken.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|cause| Failure::Listen { address, cause })
}

/// Opens the development identity and writes the clients' file; answers with that file's path.
///
/// # Errors
/// When one of its files cannot be used.
pub fn open_identity(
    options: &CommonOptions,
    root_url: &str,
    api_url: &str,
) -> Result<(Arc<DevIdentity>, PathBuf), Failure> {
    make_directory(&options.data_dir)?;
    let settings = identity::Settings {
        root_url: root_url.to_owned(),
        api_url: api_url.to_owned(),
        token_lifetime: identity::TOKEN_LIFETIME,
    };
    let files = Files::inside(&options.data_dir);
    let identity = DevIdentity::open(&settings, &files, Arc::new(SystemClock), Arc::new(OsEntropy))?;
    let path = options.data_dir.join("clouds.yaml");
    write_clouds_yaml(&identity, &path)?;
    Ok((Arc::new(identity), path))
}

fn greet(root_url: &str, clouds: &std::path::Path, started: Timestamp) -> Result<(), Failure> {
    let took = SystemClock.now().since(started).as_millis();
    let clouds = clouds.display();
    let text = format!(
        "Coppice serves the Clustering API on {root_url} (started in {took} ms). Ctrl-C stops it.\n\n\
         Try:\n\
         \x20 curl {root_url}/\n\
         \x20 export OS_CLIENT_CONFIG_FILE={clouds}\n\
         \x20 openstack --os-cloud coppice cluster list\n"
    );
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|cause| Failure::Stopped(format!("standard output cannot be written: {cause}")))
}

/// Resolves when told.
pub(crate) async fn told(mut stopped: watch::Receiver<bool>) {
    // An error means that the teller is gone: that, too, is the end.
    stopped.wait_for(|stopped| *stopped).await.ok();
}

/// Resolves when the process is asked to stop: Ctrl-C or a termination signal. Whoever calls this is listening
/// from then on, polled or not: what comes before the first poll is heard, too.
pub(crate) fn asked_to_stop() -> impl Future<Output = ()> + Send {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let heard = [SignalKind::interrupt(), SignalKind::terminate()].map(signal);
        async move {
            let [interrupted, terminated] = heard;
            match (interrupted, terminated) {
                (Ok(mut interrupted), Ok(mut terminated)) => {
                    tokio::select! {
                        _ = interrupted.recv() => {}
                        _ = terminated.recv() => {}
                    }
                }
                _ => drop(tokio::signal::ctrl_c().await),
            }
        }
    }
    #[cfg(not(unix))]
    async {
        tokio::signal::ctrl_c().await.ok();
    }
}
