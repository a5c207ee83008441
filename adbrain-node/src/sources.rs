//! Rows from outside: accounts and files into the store, and what is known of them.

use adbrain_core::brain::{FactFile, KnownRequest, PullRequest};
use napi_derive::napi;

use crate::brain::{NativeBrain, NativeCancel, cancellable};
use crate::errors::{read, write};

#[napi]
impl NativeBrain {
    /// Brings the accounts' closed days into the store; gives what each brought as JSON text.
    #[napi]
    pub async fn pull(&self, request: String, cancel: &NativeCancel) -> napi::Result<String> {
        let opening = self.opening.clone();
        cancellable(cancel, async move {
            let request = read::<PullRequest>("pull", &request)?;
            write(&opening.opened().await?.pull(&request).await?)
        })
        .await
    }

    /// Brings the rows of a file into the store; gives what it brought as JSON text.
    #[napi]
    pub async fn add_facts(&self, file: String, cancel: &NativeCancel) -> napi::Result<String> {
        let opening = self.opening.clone();
        cancellable(cancel, async move {
            let file = read::<FactFile>("addFacts", &file)?;
            write(&opening.opened().await?.add_facts(&file).await?)
        })
        .await
    }

    /// What was known of a source at a moment, as JSON text.
    #[napi]
    pub async fn known(&self, request: String, cancel: &NativeCancel) -> napi::Result<String> {
        let opening = self.opening.clone();
        cancellable(cancel, async move {
            let request = read::<KnownRequest>("known", &request)?;
            write(&opening.opened().await?.known(&request).await?)
        })
        .await
    }
}
