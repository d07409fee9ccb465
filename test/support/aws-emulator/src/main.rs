//! An emulator of AWS for the tests: Secrets Manager and Parameter Store of fakecloud, in memory, on
//! the port of the loopback address that is given. It checks signatures, which moto does not.

mod keeping;
mod keys;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::{Extension, Router};
use fakecloud_core::dispatch::{DispatchConfig, dispatch};
use fakecloud_core::registry::ServiceRegistry;
use fakecloud_kms::hook::{KmsServiceHook, KmsUsageState};
use fakecloud_secretsmanager::SecretsManagerService;
use fakecloud_ssm::SsmService;
use parking_lot::RwLock;
use tokio::net::TcpListener;

use keeping::Keeping;
use keys::Keys;

const ACCOUNT: &str = "123456789012";
const REGION: &str = "us-east-1";

/// A macro, for the state of each service has a type of its own.
macro_rules! empty {
    ($url:expr) => {
        Arc::new(RwLock::new(
            fakecloud_core::multi_account::MultiAccountState::new(ACCOUNT, REGION, $url),
        ))
    };
}

fn services(url: &str) -> ServiceRegistry {
    let kms = empty!(url);
    let usage = Arc::new(RwLock::new(KmsUsageState::default()));
    let hook = Arc::new(KmsServiceHook::new(kms, usage));
    let secrets = empty!(url);
    let manager = SecretsManagerService::new(Arc::clone(&secrets)).with_kms_hook(hook.clone());
    let parameters = SsmService::new(empty!(url)).with_kms_hook(hook);
    let mut registry = ServiceRegistry::new();
    registry.register(Arc::new(Keeping::new(manager, secrets)));
    registry.register(Arc::new(parameters));
    registry
}

fn config() -> DispatchConfig {
    let mut config = DispatchConfig::new(REGION, ACCOUNT);
    config.verify_sigv4 = true;
    config.credential_resolver = Some(Arc::new(Keys));
    config
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let port = std::env::args().nth(1).and_then(|word| word.parse().ok());
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port.expect("a port")));
    let app = Router::new()
        .fallback(dispatch)
        .layer(Extension(Arc::new(services(&format!("http://{address}")))))
        .layer(Extension(Arc::new(config())));
    let listener = TcpListener::bind(address).await.expect("a free port");
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).await.expect("to serve");
}
