//! One question, one repair: an answer that is wrong goes back once with what is wrong with it; what is wrong then is left to the rules.

use serde::de::DeserializeOwned;

use super::desk::Desk;
use super::{Finish, ModelRequest, Trusted, WordAgent};
use crate::error::{Error, ErrorKind, Result};
use crate::model::RunId;

/// What is wrong with an answer, by the number of its part; none for the answer as a whole.
pub(super) type Objection = (Option<usize>, Trusted);

/// Asks and lets `judge` take what is right; asks once more with what is wrong. Gives the last objections.
///
/// # Errors
/// [`ErrorKind::Refused`] where the model would not answer; those of the desk.
pub(super) async fn with_one_repair<T: DeserializeOwned + Send>(
    desk: &Desk,
    (run, agent): (&RunId, WordAgent),
    request: &ModelRequest,
    mut judge: impl FnMut(T) -> Result<Vec<Objection>> + Send,
) -> Result<Vec<Objection>> {
    let answer = desk.ask((run, agent), request).await?;
    if answer.finish == Finish::Refused {
        return Err(declined());
    }
    let wrong = judged(&answer.text, answer.finish, &mut judge)?;
    if wrong.is_empty() {
        return Ok(wrong);
    }
    let again = request.after(&answer.text, &told(&wrong));
    let repaired = desk.ask((run, agent), &again).await;
    match repaired {
        Ok(answer) if answer.finish != Finish::Refused => judged(&answer.text, answer.finish, &mut judge),
        // What the first answer had right stays.
        Err(error) if error.kind() == ErrorKind::Internal || error.kind() == ErrorKind::Corrupt => Err(error),
        Ok(_) | Err(_) => Ok(wrong),
    }
}

fn declined() -> Error {
    Error::new(ErrorKind::Refused, "the language model would not answer").next("the rules' words stand")
}

fn judged<T: DeserializeOwned>(
    text: &str,
    finish: Finish,
    judge: &mut impl FnMut(T) -> Result<Vec<Objection>>,
) -> Result<Vec<Objection>> {
    match serde_json::from_str(text) {
        Ok(value) => judge(value),
        Err(_) if finish == Finish::Length => {
            Ok(vec![(None, "The answer was cut off at its greatest length. Write shorter texts.".into())])
        }
        Err(_) => {
            Ok(vec![(None, "The answer does not have the form of the schema. Answer with that JSON alone.".into())])
        }
    }
}

/// The objections as a turn. They are sentences of ours: nothing of the answer stands in them.
fn told(wrong: &[Objection]) -> Trusted {
    let head =
        Trusted::from("Some of it cannot be used. Write those parts anew, in the same form, and leave the others out:");
    let line = |(number, why): &Objection| {
        let place = number.map_or_else(
            || Trusted::from("\n- "),
            |number| Trusted::of(["\n- number ".into(), Trusted::from(number), ": ".into()]),
        );
        Trusted::of([place, why.clone()])
    };
    Trusted::of(std::iter::once(head).chain(wrong.iter().map(line)))
}
