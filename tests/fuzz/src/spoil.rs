//! Bodies that are not JSON any more, or not the JSON they seem to be.

use crate::author::Author;

/// A little more than is ever read.
const TOO_LARGE: usize = 1_048_577;

impl Author<'_> {
    /// Changes the bytes of a body.
    pub(crate) fn spoil(&mut self, body: &mut Vec<u8>) {
        let place = self.dice.within(0..=body.len());
        match self.dice.within(0..16) {
            0 => body.truncate(place),
            1 => drop(body.splice(place..place, *b"\xff")),
            2 => drop(body.splice(place..place, *b"\xe2\x82")),
            3 => drop(body.splice(0..0, *b"\xef\xbb\xbf")),
            4 => drop(body.splice(0..0, *b" \n")),
            5 => body.extend_from_slice(b" x"),
            6 => body.extend_from_slice(b"{}"),
            7 => self.replace(
                body,
                &["NaN", "Infinity", "-Infinity", "1e400", "-0", "01", "1.", ".5", "+1", "''"],
            ),
            8 => self
                .replace(body, &["\"\\ud800\"", "\"\\uDC00\\uD800\"", "\"\\u0000\"", "\"\\x\"", "\"\\u12\""]),
            9 => self.doubled(body),
            10 => drop(body.splice(place..place, *b"\x00")),
            11 => drop(body.splice(place..place, *b"\n")),
            12 => body.iter_mut().for_each(|byte| *byte = if *byte == b'"' { b'\'' } else { *byte }),
            13 => {
                let flipped = 1 << self.dice.within(0..8);
                if let Some(byte) = body.get_mut(place) {
                    *byte ^= flipped;
                }
            }
            14 if self.dice.rarely(30) => {
                let end = body.len().saturating_sub(1);
                drop(body.splice(end..end, vec![b' '; TOO_LARGE]));
            }
            _ => *body = self.bytes(),
        }
    }

    /// Bytes from nowhere.
    pub(crate) fn bytes(&mut self) -> Vec<u8> {
        let length = self.dice.within(0..200);
        let mut bytes: Vec<u8> = (0..length).map(|_| self.dice.within(0..=255)).collect();
        if self.dice.chance(60) {
            bytes.insert(0, b'{');
        }
        bytes
    }

    /// Puts a token in the place of the first value, or of the first one behind some place.
    fn replace(&mut self, body: &mut Vec<u8>, tokens: &[&str]) {
        let from = self.dice.within(0..=body.len());
        let Some(colon) = body.iter().skip(from).position(|byte| *byte == b':') else { return };
        let start = from + colon + 1;
        let length = body[start..].iter().position(|byte| b",}]".contains(byte)).unwrap_or(0);
        let token = self.dice.one(tokens).as_bytes().to_vec();
        drop(body.splice(start..start + length, token));
    }

    /// Says the first key twice.
    fn doubled(&mut self, body: &mut Vec<u8>) {
        let Some(colon) = body.iter().position(|byte| *byte == b':') else { return };
        let Some(open) = body.iter().position(|byte| *byte == b'{').filter(|open| *open < colon) else {
            return;
        };
        let mut entry = body[open + 1..=colon].to_vec();
        entry.extend_from_slice(self.dice.one(&["null,", "{},", "[],", "\"x\",", "1,"]).as_bytes());
        if self.dice.chance(50) {
            drop(body.splice(open + 1..open + 1, entry));
        } else if let Some(end) = body.iter().rposition(|byte| *byte == b'}') {
            let mut last = vec![b','];
            last.extend_from_slice(&entry[..entry.len() - 1]);
            drop(body.splice(end..end, last));
        }
    }
}
