//! A page that is open: its server, what it shows and the desk behind it, together.

use std::sync::Arc;

use tokio::task::JoinHandle;

use super::{Board, Desk, ServeOptions, Server, serve};
use crate::agent::workflow::{Event, Events};
use crate::error::{Error, ErrorKind, Result, Source};
use crate::model::Language;

/// Bytes of luck in a token: 256 bits.
const TOKEN_BYTES: usize = 32;

/// A new random token for [`ServeOptions`].
///
/// # Errors
/// [`ErrorKind::Unavailable`] where the machine gives no random numbers.
pub fn new_token() -> Result<String> {
    let mut bytes = [0; TOKEN_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| {
        Error::new(ErrorKind::Unavailable, "the machine gives no random numbers")
            .next("serve the page from another machine")
            .caused_by(Box::new(error) as Source)
    })?;
    Ok(hex::encode(bytes))
}

/// The live page over a store, open until it is closed or dropped.
pub struct Room {
    server: Server,
    desk: Desk,
    board: Board,
    following: Following,
}

/// The task that follows the store; it ends with the room.
struct Following(JoinHandle<()>);

impl Drop for Following {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Room {
    /// Opens the page over a desk, which takes its orders, and follows what the desk's store holds.
    ///
    /// # Errors
    /// Those of [`serve`].
    pub async fn open(desk: Desk, options: ServeOptions, language: Language) -> Result<Self> {
        let board = Board::new(language);
        let server = serve(options.desk(desk.clone()), board.clone()).await?;
        let (followed, shown) = (desk.clone(), board.clone());
        let following = Following(tokio::spawn(async move { followed.follow(&shown).await }));
        Ok(Self { server, desk, board, following })
    }

    /// The server, for its addresses.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Where a run tells its events, so that the page shows them as they come.
    pub fn events(&self) -> Events {
        let board = self.board.clone();
        Events::callback(Arc::new(move |event: &Event| board.tell(event)))
    }

    /// Waits until a run goes on that had waited for an approval.
    pub async fn goes_on(&self) {
        self.desk.goes_on().await;
    }

    /// Says goodbye to who listens, and closes.
    pub async fn close(self) {
        drop(self.following);
        self.server.stop().await;
    }
}
