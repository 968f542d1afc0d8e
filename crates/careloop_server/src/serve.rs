//! Listening, until somebody asks the process to stop.

use careloop_intake::files::sweep_uploads;
use careloop_kernel::{Error, Result};
use tokio::net::TcpListener;

use crate::{Parts, Workers, router};

/// Takes the address, so that its failure is told before anything else starts.
pub async fn bind(address: std::net::SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|source| {
        let message =
            format!("{address} cannot be listened at; is another Careloop running? choose another with --listen");
        Error::invalid("serve.address", message).with_source(source)
    })
}

/// Serves until SIGINT or SIGTERM; running requests and worker steps are finished first.
pub async fn serve(parts: Parts, listener: TcpListener) -> Result<()> {
    sweep(&parts).await;
    let workers = Workers::start(&parts);
    let served = axum::serve(listener, router(&parts)).with_graceful_shutdown(asked_to_stop()).await;
    workers.stop().await;
    parts.app.db.close().await?;
    served.map_err(Error::internal)
}

/// Clears away what a process that was killed left behind. That it cannot be is no reason not to serve.
async fn sweep(parts: &Parts) {
    match sweep_uploads(&parts.files, &parts.ctx("start")).await {
        Ok(0) => {}
        Ok(files) => tracing::info!(files, "uploads that were never finished are cleared away"),
        Err(error) => {
            tracing::warn!(code = error.code(), cause = error.causes(), "the uploads were not looked through")
        }
    }
}

async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(error) => {
            tracing::warn!(%error, "SIGTERM cannot be caught; stop with SIGINT");
            let _ = interrupt.await;
        }
    }
}
