//! Finding where a text stops being JSON, and saying so in Python's words.
//!
//! Only rejected texts come here, so this walks the text for its errors alone and builds nothing. What
//! Python counts is characters, not bytes. What Python takes and we refuse is reported last, so that a
//! text with a syntax error is described as Python would.

use coppice_domain::nesting::MAX_DEPTH;
use std::cell::Cell;

/// A message and the character it points at.
type Fault = (&'static str, usize);

/// What the last look at a value found: the character after it, or what is wrong.
type Step = Result<usize, Fault>;

const VALUE: &str = "Expecting value";
const KEY: &str = "Expecting property name enclosed in double quotes";
const COLON: &str = "Expecting ':' delimiter";
const COMMA: &str = "Expecting ',' delimiter";
const EXTRA: &str = "Extra data";
const BOM: &str = "Unexpected UTF-8 BOM (decode using utf-8-sig)";
const UNTERMINATED: &str = "Unterminated string starting at";
const CONTROL: &str = "Invalid control character at";
const ESCAPE: &str = "Invalid \\escape";
const HEX: &str = "Invalid \\uXXXX escape";
const SURROGATE: &str = "Unpaired surrogate in string";
const RANGE: &str = "Number out of range";
const DEPTH: &str = "Nesting too deep";

/// The text for the first error; none if there is none.
pub(super) fn diagnose(text: &str) -> Option<String> {
    let scan = Scan { text: text.chars().collect(), unsupported: Cell::new(None) };
    let (message, at) = scan.document().err().or(scan.unsupported.get())?;
    let before = scan.text.get(..at).unwrap_or(&scan.text);
    let line = before.iter().filter(|c| **c == '\n').count() + 1;
    let column = before.iter().rev().take_while(|c| **c != '\n').count() + 1;
    Some(format!("{message}: line {line} column {column} (char {at})"))
}

struct Scan {
    text: Vec<char>,
    /// The first thing that Python takes and we refuse.
    unsupported: Cell<Option<Fault>>,
}

impl Scan {
    fn document(&self) -> Result<(), Fault> {
        if self.at(0) == Some('\u{feff}') {
            return Err((BOM, 0));
        }
        let end = self.blank(self.value(self.blank(0), 0)?);
        if end == self.text.len() { Ok(()) } else { Err((EXTRA, end)) }
    }

    fn value(&self, at: usize, depth: usize) -> Step {
        match self.at(at) {
            Some('"') => self.string(at),
            Some('{' | '[') if depth == MAX_DEPTH => Err((DEPTH, at)),
            Some('{') => self.object(at, depth + 1),
            Some('[') => self.array(at, depth + 1),
            Some('n') if self.spells(at, "null") => Ok(at + 4),
            Some('t') if self.spells(at, "true") => Ok(at + 4),
            Some('f') if self.spells(at, "false") => Ok(at + 5),
            Some('N') if self.spells(at, "NaN") => Ok(self.refuse(VALUE, at, at + 3)),
            Some('I') if self.spells(at, "Infinity") => Ok(self.refuse(VALUE, at, at + 8)),
            Some('-') if self.spells(at, "-Infinity") => Ok(self.refuse(VALUE, at, at + 9)),
            Some('-' | '0'..='9') => self.number(at),
            _ => Err((VALUE, at)),
        }
    }

    fn object(&self, open: usize, depth: usize) -> Step {
        let mut at = self.blank(open + 1);
        if self.at(at) == Some('}') {
            return Ok(at + 1);
        }
        loop {
            if self.at(at) != Some('"') {
                return Err((KEY, at));
            }
            at = self.blank(self.string(at)?);
            if self.at(at) != Some(':') {
                return Err((COLON, at));
            }
            at = self.blank(self.value(self.blank(at + 1), depth)?);
            match self.at(at) {
                Some('}') => return Ok(at + 1),
                Some(',') => at = self.blank(at + 1),
                _ => return Err((COMMA, at)),
            }
        }
    }

    fn array(&self, open: usize, depth: usize) -> Step {
        let mut at = self.blank(open + 1);
        if self.at(at) == Some(']') {
            return Ok(at + 1);
        }
        loop {
            at = self.blank(self.value(at, depth)?);
            match self.at(at) {
                Some(']') => return Ok(at + 1),
                Some(',') => at = self.blank(at + 1),
                _ => return Err((COMMA, at)),
            }
        }
    }

    fn string(&self, open: usize) -> Step {
        let mut at = open + 1;
        loop {
            match self.at(at) {
                None => return Err((UNTERMINATED, open)),
                Some('"') => return Ok(at + 1),
                Some('\\') => at = self.escape(open, at)?,
                Some('\0'..='\u{1f}') => return Err((CONTROL, at)),
                Some(_) => at += 1,
            }
        }
    }

    /// The character after the escape whose backslash is at `at`. Python points at the backslash of an
    /// unknown escape, and at the `u` of one whose digits are wrong or could not be followed by a quote.
    fn escape(&self, open: usize, at: usize) -> Step {
        match self.at(at + 1) {
            None => Err((UNTERMINATED, open)),
            Some('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't') => Ok(at + 2),
            Some('u') => {
                let unit = self.unit(at)?;
                let paired = self.spells(at + 6, "\\u") && at + 12 < self.text.len();
                match unit {
                    0xd800..=0xdbff if paired && (0xdc00..=0xdfff).contains(&self.unit(at + 6)?) => {
                        Ok(at + 12)
                    }
                    0xd800..=0xdfff => Ok(self.refuse(SURROGATE, at, at + 6)),
                    _ => Ok(at + 6),
                }
            }
            Some(_) => Err((ESCAPE, at)),
        }
    }

    fn unit(&self, at: usize) -> Result<u32, Fault> {
        let wrong = (HEX, at + 1);
        if at + 6 >= self.text.len() {
            return Err(wrong);
        }
        (at + 2..at + 6).try_fold(0, |unit, index| {
            let digit = self.at(index).and_then(|c| c.to_digit(16)).ok_or(wrong)?;
            Ok(unit * 16 + digit)
        })
    }

    fn number(&self, start: usize) -> Step {
        let mut at = start + usize::from(self.at(start) == Some('-'));
        match self.at(at) {
            Some('0') => at += 1,
            Some('1'..='9') => at = self.digits(at),
            _ => return Err((VALUE, start)),
        }
        if self.at(at) == Some('.') && self.is_digit(at + 1) {
            at = self.digits(at + 1);
        }
        if matches!(self.at(at), Some('e' | 'E')) {
            let sign = usize::from(matches!(self.at(at + 1), Some('+' | '-')));
            if self.is_digit(at + 1 + sign) {
                at = self.digits(at + 1 + sign);
            }
        }
        let spelled: String = self.text.get(start..at).unwrap_or_default().iter().collect();
        match spelled.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(at),
            _ => Ok(self.refuse(RANGE, start, at)),
        }
    }

    /// Notes what we refuse at `at`, and goes on after it at `end`.
    fn refuse(&self, message: &'static str, at: usize, end: usize) -> usize {
        self.unsupported.set(self.unsupported.get().or(Some((message, at))));
        end
    }

    fn digits(&self, from: usize) -> usize {
        from + self.text.iter().skip(from).take_while(|c| c.is_ascii_digit()).count()
    }

    fn is_digit(&self, at: usize) -> bool {
        self.at(at).is_some_and(|c| c.is_ascii_digit())
    }

    fn spells(&self, at: usize, word: &str) -> bool {
        word.chars().enumerate().all(|(offset, c)| self.at(at + offset) == Some(c))
    }

    fn blank(&self, from: usize) -> usize {
        from + self.text.iter().skip(from).take_while(|c| matches!(c, ' ' | '\t' | '\n' | '\r')).count()
    }

    fn at(&self, at: usize) -> Option<char> {
        self.text.get(at).copied()
    }
}
