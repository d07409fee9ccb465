//! Who may come in: the tests sign with these.

use fakecloud_core::auth::{CredentialResolver, Principal, PrincipalType, ResolvedCredential};

const SECRET: &str = "the-key-of-the-emulator-forty-characters";
const LASTING: &str = "AKIASTRONGROOMTESTER";
const EXPIRED: &str = "ASIASTRONGROOMBEFORE";

/// One key that lasts, and one whose session has ended. Session tokens themselves nobody looks at.
pub struct Keys;

impl CredentialResolver for Keys {
    fn resolve(&self, access_key_id: &str) -> Option<ResolvedCredential> {
        (access_key_id == LASTING).then(credential)
    }

    fn is_expired(&self, access_key_id: &str) -> bool {
        access_key_id == EXPIRED
    }
}

fn credential() -> ResolvedCredential {
    ResolvedCredential {
        secret_access_key: SECRET.to_owned(),
        session_token: None,
        principal: Principal {
            arn: format!("arn:aws:iam::{}:user/tester", crate::ACCOUNT),
            user_id: "AIDASTRONGROOMTESTER".to_owned(),
            account_id: crate::ACCOUNT.to_owned(),
            principal_type: PrincipalType::User,
            source_identity: None,
            tags: None,
        },
        session_policies: Vec::new(),
        mfa_present: false,
        token_issued_at: None,
        federated_provider: None,
    }
}
