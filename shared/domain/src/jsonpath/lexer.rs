//! Cutting a path into tokens.

use super::PathError;
use crate::pyrepr::number;

/// Tokens a path may have: far more than one needs, and few enough to recurse over.
const MOST: usize = 100;

/// A token and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// What it says, as messages show it.
    pub(super) text: String,
    line: usize,
    /// Where it begins in the text; for quoted ones, where it ends.
    position: usize,
    column: usize,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name, quoted or not.
    Id,
    /// A whole number; beyond 64 bits the nearest that fits.
    Number(i64),
    /// What stands in back quotes.
    NamedOperator,
    /// The word `where`.
    Where,
    /// `..`
    DoubleDot,
    /// A character that stands for itself.
    Literal(char),
}

/// The characters that stand for themselves.
const LITERALS: &str = "*.[]()$,:|&";

impl Token {
    /// The error that this token is not expected where it stands.
    pub(super) fn unexpected(&self) -> PathError {
        let literal;
        let kind = match self.kind {
            Kind::Id => "ID",
            Kind::Number(_) => "NUMBER",
            Kind::NamedOperator => "NAMED_OPERATOR",
            Kind::Where => "WHERE",
            Kind::DoubleDot => "DOUBLEDOT",
            Kind::Literal(c) => {
                literal = c.to_string();
                &literal
            }
        };
        let Self { text, line, column, .. } = self;
        PathError::worded(&format!("Parse error at {line}:{column} near token {text} ({kind})"))
    }

    /// The error that there is no operator of this name.
    pub(super) fn unknown(&self) -> PathError {
        let Self { text, line, position, .. } = self;
        PathError::worded(&format!("Unknown named operator `{text}` at {line}:{position}"))
    }
}

/// The tokens of a text, cut off as they are asked for: what is wrong further on is not noticed before.
pub(super) struct Lexer {
    text: Vec<char>,
    at: usize,
    line: usize,
    newline: usize,
    count: usize,
}

impl Lexer {
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.chars().collect(), at: 0, line: 1, newline: 0, count: 0 }
    }

    /// The next token; none at the end.
    pub(super) fn token(&mut self) -> Result<Option<Token>, PathError> {
        self.skip_blanks();
        let Some(c) = self.peek(0) else { return Ok(None) };
        self.count += 1;
        if self.count > MOST {
            return Err(PathError::own(format!("a path has at most {MOST} tokens")));
        }
        let start = self.at;
        match c {
            '\'' | '"' => self.quoted(c, Kind::Id).map(Some),
            '`' => self.quoted(c, Kind::NamedOperator).map(Some),
            '_' | '@' | 'a'..='z' | 'A'..='Z' => Ok(Some(self.name(start))),
            _ if self.starts_number(c) => Ok(Some(self.number(start))),
            '.' if self.peek(1) == Some('.') => {
                self.at += 2;
                Ok(Some(self.made(Kind::DoubleDot, "..".to_owned(), start)))
            }
            _ if LITERALS.contains(c) => {
                self.at += 1;
                Ok(Some(self.made(Kind::Literal(c), c.to_string(), start)))
            }
            _ => Err(unexpected(c)),
        }
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.text.get(self.at + ahead).copied()
    }

    fn skip_blanks(&mut self) {
        while let Some(c @ (' ' | '\t' | '\n')) = self.peek(0) {
            if c == '\n' {
                self.line += 1;
                self.newline = self.at;
            }
            self.at += 1;
        }
    }

    fn made(&self, kind: Kind, text: String, position: usize) -> Token {
        Token { kind, text, line: self.line, position, column: position - self.newline }
    }

    /// The characters from here on that belong together.
    fn run(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let run: String = self.text.iter().skip(self.at).take_while(|c| belongs(**c)).collect();
        self.at += run.chars().count();
        run
    }

    fn name(&mut self, start: usize) -> Token {
        let name = self.run(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '@' | '-'));
        let kind = if name == "where" { Kind::Where } else { Kind::Id };
        self.made(kind, name, start)
    }

    fn starts_number(&self, c: char) -> bool {
        let digit = |c| number::decimal_digit(c).is_some();
        digit(c) || c == '-' && self.peek(1).is_some_and(digit)
    }

    /// The digits of any script, and shown without leading zeros.
    fn number(&mut self, start: usize) -> Token {
        let negative = self.peek(0) == Some('-');
        self.at += usize::from(negative);
        let digits = self.run(|c| number::decimal_digit(c).is_some());
        let digits = digits.chars().filter_map(number::decimal_digit).map(|digit| char::from(b'0' + digit));
        let digits: String = digits.skip_while(|digit| *digit == '0').collect();
        let text = match digits.as_str() {
            "" => "0".to_owned(),
            _ if negative => format!("-{digits}"),
            _ => digits,
        };
        let value = number::int(&text).unwrap_or(if negative { i64::MIN } else { i64::MAX });
        self.made(Kind::Number(value), text, start)
    }

    /// What stands in quotes. A backslash takes away the meaning of the character behind it.
    fn quoted(&mut self, quote: char, kind: Kind) -> Result<Token, PathError> {
        self.at += 1;
        let mut text = String::new();
        while let Some(c) = self.peek(0) {
            match (c, self.peek(1)) {
                (c, _) if c == quote => {
                    self.at += 1;
                    return Ok(self.made(kind, text, self.at - 1));
                }
                ('\\', None | Some('\n')) => return Err(unexpected(c)),
                ('\\', Some(escaped)) => {
                    text.push(escaped);
                    self.at += 2;
                }
                (c, _) => {
                    text.push(c);
                    self.at += 1;
                }
            }
        }
        Err(PathError::worded("Unexpected EOF in string literal or identifier"))
    }
}

/// The error that no token begins so. Where it is comes before the colon, so that nobody sees it.
fn unexpected(c: char) -> PathError {
    PathError::worded(&format!("Error: Unexpected character: {c}"))
}
