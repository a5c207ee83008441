//! Reads the text of an expression.

use std::iter::Peekable;
use std::vec::IntoIter;

use super::expression::{Function, Node, Sign};

/// Characters of an expression, at most.
const LONGEST: usize = 1000;
/// Brackets, functions and signs in each other, at most.
const DEEPEST: u32 = 32;

/// What cannot be read, and at which character, counted from zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) what: String,
}

fn fault<T>(at: usize, what: impl Into<String>) -> Result<T, Fault> {
    Err(Fault { at, what: what.into() })
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Number(f64),
    Name(String),
    Sign(char),
}

impl Token {
    fn unexpected(&self) -> String {
        match self {
            Self::Number(number) => format!("{number} is not expected"),
            Self::Name(name) => format!("{name:?} is not expected"),
            Self::Sign(sign) => format!("{sign:?} is not expected"),
        }
    }
}

/// Reads an expression whole.
pub(super) fn parse(text: &str) -> Result<Node, Fault> {
    let letters: Vec<char> = text.chars().collect();
    if letters.len() > LONGEST {
        return fault(LONGEST, format!("is longer than {LONGEST} characters"));
    }
    let tokens = tokens(&letters)?;
    if tokens.is_empty() {
        return fault(letters.len(), "is empty");
    }
    let mut reader = Reader { tokens: tokens.into_iter().peekable(), end: letters.len(), depth: 0 };
    let root = reader.sum()?;
    match reader.tokens.next() {
        Some((at, token)) => fault(at, token.unexpected()),
        None => Ok(root),
    }
}

fn tokens(letters: &[char]) -> Result<Vec<(usize, Token)>, Fault> {
    let (mut tokens, mut at) = (Vec::new(), 0);
    while let Some(letter) = letters.get(at).copied() {
        let rest = letters.get(at..).unwrap_or_default();
        let (length, token) = match letter {
            _ if letter.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            '0'..='9' | '.' => number(rest).map_err(|what| Fault { at, what })?,
            'a'..='z' | 'A'..='Z' | '_' => {
                let name: String =
                    rest.iter().take_while(|letter| letter.is_ascii_alphanumeric() || **letter == '_').collect();
                (name.len(), Token::Name(name))
            }
            '+' | '-' | '*' | '/' | '(' | ')' | ',' => (1, Token::Sign(letter)),
            _ => return fault(at, format!("{letter:?} is no sign of an expression")),
        };
        tokens.push((at, token));
        at += length;
    }
    Ok(tokens)
}

/// A number at the start, such as `12`, `0.5` or `1e-3`.
fn number(letters: &[char]) -> Result<(usize, Token), String> {
    let mut text = String::new();
    for letter in letters {
        let is_exponent = |sign: char| sign == 'e' || sign == 'E';
        let follows_exponent = text.chars().last().is_some_and(is_exponent);
        match letter {
            '0'..='9' | '.' => text.push(*letter),
            'e' | 'E' if !text.contains(is_exponent) => text.push(*letter),
            '+' | '-' if follows_exponent => text.push(*letter),
            _ => break,
        }
    }
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok((text.len(), Token::Number(number))),
        Ok(_) => Err(format!("{text} is too large")),
        Err(_) => Err(format!("{text} is no number")),
    }
}

struct Reader {
    tokens: Peekable<IntoIter<(usize, Token)>>,
    end: usize,
    depth: u32,
}

impl Reader {
    fn sum(&mut self) -> Result<Node, Fault> {
        let mut left = self.product()?;
        while let Some(sign) = self.either([('+', Sign::Plus), ('-', Sign::Minus)]) {
            left = Node::Pair(sign, Box::new([left, self.product()?]));
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<Node, Fault> {
        let mut left = self.part()?;
        while let Some(sign) = self.either([('*', Sign::Times), ('/', Sign::Over)]) {
            left = Node::Pair(sign, Box::new([left, self.part()?]));
        }
        Ok(left)
    }

    fn either(&mut self, signs: [(char, Sign); 2]) -> Option<Sign> {
        let found = signs.into_iter().find(|(letter, _)| self.is_next(*letter));
        found.map(|(_, sign)| {
            self.tokens.next();
            sign
        })
    }

    fn is_next(&mut self, sign: char) -> bool {
        self.tokens.peek().is_some_and(|(_, token)| *token == Token::Sign(sign))
    }

    fn part(&mut self) -> Result<Node, Fault> {
        let Some((at, token)) = self.tokens.next() else { return fault(self.end, "ends too early") };
        self.depth += 1;
        if self.depth > DEEPEST {
            return fault(at, "is nested too deeply");
        }
        let part = match token {
            Token::Number(number) => Node::Number(number),
            Token::Name(name) if self.is_next('(') => self.call(at, &name)?,
            Token::Name(name) => Node::Metric(name),
            Token::Sign('-') => Node::Negative(Box::new(self.part()?)),
            Token::Sign('(') => {
                let inner = self.sum()?;
                self.close()?;
                inner
            }
            Token::Sign(_) => return fault(at, token.unexpected()),
        };
        self.depth -= 1;
        Ok(part)
    }

    fn call(&mut self, at: usize, name: &str) -> Result<Node, Fault> {
        let Some(function) = Function::named(name) else {
            return fault(at, format!("there is no function {name:?}"));
        };
        self.tokens.next();
        let mut values = vec![self.sum()?];
        while self.is_next(',') {
            self.tokens.next();
            values.push(self.sum()?);
        }
        self.close()?;
        let (least, most) = function.takes();
        if (least..=most).contains(&values.len()) {
            return Ok(Node::Call(function, values));
        }
        let range = if least == most { format!("{least} value") } else { format!("{least} to {most} values") };
        fault(at, format!("{name} takes {range}, not {}", values.len()))
    }

    fn close(&mut self) -> Result<(), Fault> {
        match self.tokens.next() {
            Some((_, Token::Sign(')'))) => Ok(()),
            Some((at, token)) => fault(at, token.unexpected()),
            None => fault(self.end, "a bracket is not closed"),
        }
    }
}
