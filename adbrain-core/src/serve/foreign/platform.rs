//! Connectors of another language.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};

use super::{Foreign, ask};
use crate::error::Result;
use crate::model::{DraftTree, MetricsRow, ObjectId, Tag};
use crate::platform::{
    Capabilities, Connector, InsightsQuery, LookUp, LookUpAnswer, ObjectChange, Permit, RemoteObject, Upload,
};

/// A connector of another language. Its methods have the names of [`Connector`]; the writing ones are called by `control` alone
/// and get `{"entry": …, "tree" | "upload" | "change": …}`, where `entry` names the journal entry that allows the write.
pub struct ForeignConnector {
    object: Arc<dyn Foreign>,
    capabilities: Capabilities,
}

impl ForeignConnector {
    /// Wraps an object and asks it once for its capabilities.
    ///
    /// # Errors
    /// [`crate::ErrorKind::UserCode`] where it fails or gives back something else.
    pub async fn open(object: Arc<dyn Foreign>) -> Result<Self> {
        let capabilities = ask(object.as_ref(), "capabilities", &Value::Null).await?;
        Ok(Self { object, capabilities })
    }
}

#[async_trait]
impl Connector for ForeignConnector {
    fn capabilities(&self) -> Capabilities {
        self.capabilities.clone()
    }

    async fn create(&self, permit: &Permit, tree: &DraftTree) -> Result<Vec<RemoteObject>> {
        ask(self.object.as_ref(), "create", &json!({"entry": permit.entry(), "tree": tree})).await
    }

    async fn upload(&self, permit: &Permit, upload: &Upload) -> Result<ObjectId> {
        ask(self.object.as_ref(), "upload", &json!({"entry": permit.entry(), "upload": upload})).await
    }

    async fn change(&self, permit: &Permit, change: &ObjectChange) -> Result<()> {
        ask(self.object.as_ref(), "change", &json!({"entry": permit.entry(), "change": change})).await
    }

    async fn find(&self, tag: &Tag) -> Result<Vec<RemoteObject>> {
        ask(self.object.as_ref(), "find", tag).await
    }

    async fn list(&self) -> Result<Vec<RemoteObject>> {
        ask(self.object.as_ref(), "list", &Value::Null).await
    }

    async fn insights(&self, query: &InsightsQuery) -> Result<Vec<MetricsRow>> {
        ask(self.object.as_ref(), "insights", query).await
    }

    async fn look_up(&self, question: &LookUp) -> Result<LookUpAnswer> {
        ask(self.object.as_ref(), "look_up", question).await
    }
}
