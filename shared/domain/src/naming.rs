//! Names of the nodes a cluster makes (spec engine-cluster §4).

use rand::{Rng, RngExt};

/// What nodes are called when their cluster's configuration says nothing.
const DEFAULT_FORMAT: &str = "node-$8R";

/// The longest name a node may have, in characters (spec api-common §12).
const LONGEST: usize = 255;

/// How many random characters a placeholder without a number stands for.
const RANDOM_CHARACTERS: usize = 8;

/// The name of a cluster's node with this `index`, after the cluster's `node.name.format`.
///
/// In the format, `$nI` is the index padded with zeros to `n` digits, `$nR` a letter and `n` − 1 letters
/// or digits, `$nr` the same in lower case; `n` has up to eight digits and may be missing. All else stands
/// for itself. Names need not be unique.
///
/// Whatever the format, the name has 1 to 255 characters: a longer one is cut, and a format that yields
/// nothing counts as missing. (The reference makes names of any length, such as `$99999999R` of a hundred
/// megabytes.)
#[must_use]
pub fn node_name(format: Option<&str>, index: i64, rng: &mut (impl Rng + ?Sized)) -> String {
    let name = expand(format.unwrap_or_default(), index, rng);
    if name.is_empty() { expand(DEFAULT_FORMAT, index, rng) } else { name }
}

fn expand(format: &str, index: i64, rng: &mut (impl Rng + ?Sized)) -> String {
    let mut name = String::new();
    let mut length = 0;
    let mut rest = format;
    while let Some(next) = rest.chars().next()
        && length < LONGEST
    {
        let before = name.len();
        if let Some((placeholder, after)) = Placeholder::at_start(rest) {
            placeholder.write(&mut name, index, rng);
            rest = after;
        } else {
            name.push(next);
            rest = &rest[next.len_utf8()..];
        }
        length += name[before..].chars().count();
    }
    name.chars().take(LONGEST).collect()
}

/// `$`, up to eight digits, and one of `I`, `R`, `r`.
struct Placeholder {
    kind: u8,
    /// The number given, but no more than any name can use.
    width: Option<usize>,
}

impl Placeholder {
    /// The placeholder that `text` opens with, if it does, and the text after it.
    fn at_start(text: &str) -> Option<(Self, &str)> {
        let body = text.strip_prefix('$')?;
        let digits = body.bytes().take(8).take_while(u8::is_ascii_digit).count();
        let kind = *body.as_bytes().get(digits)?;
        if !matches!(kind, b'I' | b'R' | b'r') {
            return None;
        }
        let width = body[..digits].parse().ok().map(|width: usize| width.min(LONGEST));
        Some((Self { kind, width }, &body[digits + 1..]))
    }

    fn write(&self, name: &mut String, index: i64, rng: &mut (impl Rng + ?Sized)) {
        match self.kind {
            b'I' => name.push_str(&format!("{index:0width$}", width = self.width.unwrap_or(0))),
            kind => {
                for place in 0..self.width.unwrap_or(RANDOM_CHARACTERS) {
                    let character = random_character(place, rng);
                    name.push(if kind == b'r' { character.to_ascii_lowercase() } else { character });
                }
            }
        }
    }
}

/// A letter first, so that the result can serve where names must start with one.
fn random_character(place: usize, rng: &mut (impl Rng + ?Sized)) -> char {
    const CHARACTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let choice = if place == 0 { 52 } else { CHARACTERS.len() };
    char::from(CHARACTERS[rng.random_range(0..choice)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    fn name(format: &str) -> String {
        node_name(Some(format), 7, &mut StdRng::seed_from_u64(1))
    }

    #[test]
    fn engine_cluster_4_the_executed_examples_of_the_reference_hold() {
        assert_eq!(name("web-$3I"), "web-007");
        assert_eq!(name("$2I-$2I"), "07-07");
        assert_eq!(name("a$0Ib"), "a7b");
        assert_eq!(name("cost$$3I"), "cost$007");
        assert_eq!(name("$123456789I"), "$123456789I");
        let mixed = name("n-$4r-$5I");
        assert!(mixed.starts_with("n-") && mixed.ends_with("-00007") && mixed.len() == 12, "{mixed}");
        assert!(mixed[2..6].bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()), "{mixed}");
        assert!(mixed.as_bytes()[2].is_ascii_lowercase(), "{mixed}");
    }

    #[test]
    fn the_index_is_padded_but_never_cut() {
        assert_eq!(name("$I"), "7");
        let big = |format| node_name(Some(format), 12_345, &mut StdRng::seed_from_u64(1));
        assert_eq!(big("$3I"), "12345");
        assert_eq!(big("$00000006I"), "012345");
    }

    #[test]
    fn whatever_is_no_placeholder_stands_for_itself() {
        for literal in ["plain", "$", "$$", "$3", "$i", "$12x", "a b/é$", "$é", "$１I"] {
            assert_eq!(name(literal), literal);
        }
    }

    #[test]
    fn a_missing_or_fruitless_format_means_node_and_eight_random_characters() {
        for format in [None, Some(""), Some("$0R"), Some("$0r$0R")] {
            let name = node_name(format, 7, &mut StdRng::seed_from_u64(1));
            let random = name.strip_prefix("node-").unwrap();
            assert_eq!(random.len(), 8);
            assert!(random.as_bytes()[0].is_ascii_alphabetic());
            assert!(random.bytes().all(|b| b.is_ascii_alphanumeric()));
        }
        assert_eq!(name("$R").len(), 8);
        assert_eq!(name("$r"), name("$r").to_ascii_lowercase());
    }

    #[test]
    fn a_name_is_cut_where_names_end() {
        assert_eq!(name("$99999999R").len(), 255);
        assert_eq!(name("$99999999I").len(), 255);
        assert_eq!(name(&"é".repeat(300)), "é".repeat(255));
        assert_eq!(name(&format!("{}$4I", "x".repeat(253))), format!("{}00", "x".repeat(253)));
    }

    #[test]
    fn every_letter_and_digit_turns_up_and_chance_decides() {
        let mut rng = StdRng::seed_from_u64(2);
        let drawn: String = (0..2000).map(|_| node_name(Some("$2R"), 1, &mut rng)).collect();
        let seen: std::collections::BTreeSet<char> = drawn.chars().collect();
        assert_eq!(seen.len(), 62);
        assert_eq!(name("$8R"), name("$8R"));
        assert_ne!(name("$8R"), node_name(Some("$8R"), 7, &mut StdRng::seed_from_u64(2)));
    }

    proptest! {
        #[test]
        fn any_format_of_legal_characters_gives_a_legal_name(
            format in r"([A-Za-z0-9._~-]{0,40}|\$[0-9]{0,8}[IRr]){0,12}", index in 1..100_000_i64, seed: u64,
        ) {
            let name = node_name(Some(&format), index, &mut StdRng::seed_from_u64(seed));
            prop_assert!((1..=255).contains(&name.chars().count()));
            prop_assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || "._~-".contains(c)), "{}", name);
        }

        #[test]
        fn any_format_at_all_gives_a_name_of_legal_length(format in r"(\PC|\$|[0-9]|[IRr]){0,60}", index: i64) {
            let name = node_name(Some(&format), index, &mut StdRng::seed_from_u64(3));
            prop_assert!((1..=255).contains(&name.chars().count()));
        }
    }
}
