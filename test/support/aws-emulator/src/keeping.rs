//! Secrets Manager keeps a version that has no staging label any more for a day at least
//! (PutSecretValue’s page); fakecloud lets it go at once. Here it stays.

use async_trait::async_trait;
use fakecloud_core::service::{AwsRequest, AwsResponse, AwsService, AwsServiceError};
use fakecloud_secretsmanager::SecretsManagerService;
use fakecloud_secretsmanager::{Secret, SharedSecretsManagerState};
use tokio::sync::Mutex;

pub struct Keeping {
    inner: SecretsManagerService,
    state: SharedSecretsManagerState,
    turn: Mutex<()>,
}

impl Keeping {
    pub fn new(inner: SecretsManagerService, state: SharedSecretsManagerState) -> Self {
        Self {
            inner,
            state,
            turn: Mutex::new(()),
        }
    }

    fn secret_of(&self, request: &AwsRequest) -> Option<Secret> {
        let body = request.json_body();
        let accounts = self.state.read();
        let state = accounts.regional(&request.account_id, &request.region)?;
        let key = state.secret_key(body["SecretId"].as_str()?)?;
        state.secrets.get(&key).cloned()
    }

    /// Puts the versions back that went though the secret stayed: without their labels.
    fn put_back(&self, before: Secret, account: &str, region: &str) {
        let mut accounts = self.state.write();
        let state = accounts.regional_mut(account, region);
        let Some(secret) = state.secrets.get_mut(&before.name) else {
            return;
        };
        if secret.arn != before.arn {
            return;
        }
        for (id, mut version) in before.versions {
            version.stages.clear();
            secret.versions.entry(id).or_insert(version);
        }
    }
}

#[async_trait]
impl AwsService for Keeping {
    fn service_name(&self) -> &str {
        self.inner.service_name()
    }

    fn supported_actions(&self) -> &[&str] {
        self.inner.supported_actions()
    }

    async fn handle(&self, request: AwsRequest) -> Result<AwsResponse, AwsServiceError> {
        let _turn = self.turn.lock().await;
        let (account, region) = (request.account_id.clone(), request.region.clone());
        let before = self.secret_of(&request);
        let answer = self.inner.handle(request).await;
        if let Some(before) = before {
            self.put_back(before, &account, &region);
        }
        answer
    }
}
