//! Connectors written in Python.
//!
//! In: an object with the eight methods of a connector. Out: a connector. Called by brain. Never writes by itself: `create`,
//! `upload` and `change` are called by the core's control alone, which hands over the permit.

use std::sync::Arc;

use adbrain_core::model::{DraftTree, MetricsRow, ObjectId, Tag};
use adbrain_core::platform::{
    Capabilities, InsightsQuery, LookUp, LookUpAnswer, ObjectChange, Permit, RemoteObject, Upload,
};
use adbrain_core::{Connector, Result};
use async_trait::async_trait;
use serde_json::json;

use crate::call::{Argument, UserObject};

struct UserConnector {
    object: UserObject,
    capabilities: Capabilities,
}

/// Makes a connector of an object; asks it once for its capabilities.
pub(crate) async fn connector(object: UserObject) -> Result<Arc<dyn Connector>> {
    let capabilities = object.call("capabilities", Vec::new()).await?;
    Ok(Arc::new(UserConnector { object, capabilities }))
}

fn permission(permit: &Permit) -> Argument {
    Argument::Json(json!({ "entry": permit.entry(), "target": permit.target() }))
}

fn file(upload: &Upload) -> Argument {
    Argument::WithBytes(json!({ "hash": upload.hash, "kind": upload.kind }), upload.bytes.clone())
}

#[async_trait]
impl Connector for UserConnector {
    fn capabilities(&self) -> Capabilities {
        self.capabilities.clone()
    }

    async fn create(&self, permit: &Permit, tree: &DraftTree) -> Result<Vec<RemoteObject>> {
        self.object.call("create", vec![permission(permit), Argument::of(tree)?]).await
    }

    async fn upload(&self, permit: &Permit, upload: &Upload) -> Result<ObjectId> {
        self.object.call("upload", vec![permission(permit), file(upload)]).await
    }

    async fn change(&self, permit: &Permit, change: &ObjectChange) -> Result<()> {
        self.object.call("change", vec![permission(permit), Argument::of(change)?]).await
    }

    async fn find(&self, tag: &Tag) -> Result<Vec<RemoteObject>> {
        self.object.call("find", vec![Argument::of(tag)?]).await
    }

    async fn list(&self) -> Result<Vec<RemoteObject>> {
        self.object.call("list", Vec::new()).await
    }

    async fn insights(&self, query: &InsightsQuery) -> Result<Vec<MetricsRow>> {
        self.object.call("insights", vec![Argument::of(query)?]).await
    }

    async fn look_up(&self, question: &LookUp) -> Result<LookUpAnswer> {
        self.object.call("look_up", vec![Argument::of(question)?]).await
    }
}
