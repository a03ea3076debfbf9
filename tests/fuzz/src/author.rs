//! Who writes a request, about whose things, and in which words.

use crate::dice::Dice;
use crate::known::{Known, Thing};
use coppice_e2e::{ADMIN, ALICE, BOB, Person, READER, STALE};

/// Words that stand in much of what a project is told, and that no other project may ever be shown.
pub(crate) const BIRDS: [(Person, &str); 2] = [(ALICE, "kanarienvogel"), (BOB, "wellensittich")];

/// How many things are recent.
const RECENT: usize = 8;

/// The longest name, in characters.
const LONGEST: usize = 255;

/// On whose behalf a request is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// Someone the identity service knows.
    Of(Person),
    /// A token that no one has.
    Guessed(&'static str),
    /// None.
    Missing,
}

impl Token {
    /// What the header says; none for no header.
    pub(crate) fn text(self) -> Option<&'static str> {
        match self {
            Self::Of(person) => Some(person.token),
            Self::Guessed(text) => Some(text),
            Self::Missing => None,
        }
    }

    /// The word of its holder's project.
    fn bird(self) -> Option<&'static str> {
        let Self::Of(holder) = self else { return None };
        let mut birds = BIRDS.iter().filter(|(person, _)| person.project == holder.project);
        birds.next().map(|(_, bird)| *bird)
    }
}

/// Who writes a request.
pub(crate) struct Author<'a> {
    pub(crate) dice: &'a mut Dice,
    pub(crate) known: &'a Known,
    pub(crate) token: Token,
    /// The project whose things are meant.
    pub(crate) about: &'static str,
    /// The word that may stand in the request.
    pub(crate) bird: Option<&'static str>,
    /// The cluster that the path names.
    pub(crate) cluster: Option<String>,
    /// Whether it asks for what this service adds to the API.
    pub(crate) additions: bool,
}

impl<'a> Author<'a> {
    /// Someone.
    pub(crate) fn someone(dice: &'a mut Dice, known: &'a Known) -> Self {
        let token = match dice.weighted([48, 24, 8, 14, 2, 2, 2].into_iter()) {
            0 => Token::Of(ALICE),
            1 => Token::Of(BOB),
            2 => Token::Of(READER),
            3 => Token::Of(ADMIN),
            4 => Token::Of(STALE),
            5 => Token::Guessed(dice.pick(&["guessed", "token-of-alic", "Token-of-alice", "\u{e9}", " "])),
            _ => Token::Missing,
        };
        let about = match token {
            Token::Of(person) if person != ADMIN => person.project,
            _ => dice.pick(&[ALICE.project, BOB.project, ADMIN.project]),
        };
        let additions = dice.chance(30);
        Self { dice, known, token, about, bird: token.bird(), cluster: None, additions }
    }

    /// A word for something's own sake.
    pub(crate) fn word(&mut self) -> String {
        let word = self.dice.pick(&["web", "db", "a", "1", "x y", "组", "l'\"x", ""]);
        format!("{}{word}", self.bird.unwrap_or_default())
    }

    /// A name for something: one of few, so that things share names and requests meet.
    pub(crate) fn name(&mut self) -> String {
        let bird = self.bird.unwrap_or_default();
        let name = match self.dice.within(0..24) {
            0 => {
                let odd = ["-", "~", "1abc", "a.b", "_", "组一", "٣", "x\n", "adopt", "validate"];
                self.dice.pick(&odd).to_owned()
            }
            1 => format!("{:x}", self.dice.within(0..4096)),
            2 => self.id_of_anything(),
            3 => "n".repeat(self.dice.within(200..=LONGEST - bird.len())),
            4 => "\u{1D7D8}".repeat(self.dice.within(230..=LONGEST - bird.len())),
            _ => format!("n{}", self.dice.within(0..8)),
        };
        format!("{bird}{name}")
    }

    /// What may stand where something of this kind is meant.
    pub(crate) fn reference(&mut self, kind: char) -> String {
        match self.dice.within(0..100) {
            0..82 => self.own(kind),
            82..88 => self.foreign(kind).map_or_else(|| self.nonsense(), |thing| thing.id.clone()),
            88..91 => self.dice.any(self.known.gone()).cloned().unwrap_or_else(|| "nosuch".to_owned()),
            91..94 => self.id_of_anything(),
            _ => self.nonsense(),
        }
    }

    /// The same where it is not kept: then the names of others will do, too.
    pub(crate) fn passing_reference(&mut self, kind: char) -> String {
        if self.dice.rarely(20)
            && let Some(thing) = self.foreign(kind)
        {
            return self.spelt(thing);
        }
        self.reference(kind)
    }

    /// A reference to something of the project, if there is any: by id, name or short id.
    pub(crate) fn own(&mut self, kind: char) -> String {
        match self.thing(kind) {
            Some(thing) => self.spelt(thing),
            None => self.nonsense(),
        }
    }

    /// One of the project's things of a kind, most often a recent one.
    pub(crate) fn thing(&mut self, kind: char) -> Option<&'a Thing> {
        let things = self.known.of(self.about, kind);
        let recent = if self.dice.chance(50) { things.len().saturating_sub(RECENT) } else { 0 };
        self.dice.any(&things[recent..])
    }

    /// Something that another project has.
    fn foreign(&mut self, kind: char) -> Option<&'a Thing> {
        let projects = [ALICE, BOB, ADMIN].map(|person| person.project);
        let others: Vec<&str> = projects.into_iter().filter(|project| *project != self.about).collect();
        let project = self.dice.pick(&others);
        self.dice.any(self.known.of(project, kind))
    }

    fn spelt(&mut self, thing: &Thing) -> String {
        match self.dice.within(0..20) {
            0..4 if !thing.name.is_empty() => thing.name.clone(),
            4 => thing.id[..self.dice.within(1..=8)].to_owned(),
            5 => thing.id[..self.dice.within(9..36)].to_owned(),
            6 => thing.id.to_uppercase(),
            7 => thing.id.replace('-', ""),
            _ => thing.id.clone(),
        }
    }

    /// The id of something of any kind, of the project.
    fn id_of_anything(&mut self) -> String {
        let kind = self.dice.pick(&['C', 'N', 'P', 'L', 'R', 'X', 'E']);
        self.thing(kind).map_or_else(|| "nosuch".to_owned(), |thing| thing.id.clone())
    }

    /// What means nothing, with luck.
    pub(crate) fn nonsense(&mut self) -> String {
        let known = [
            "nosuch",
            "",
            " ",
            "%",
            "_",
            "-",
            ".",
            "..",
            "'",
            "\"",
            "a/b",
            "a#b",
            "#",
            "None",
            "null",
            "{}",
            "💥",
            "组",
            "\u{0}",
            "\u{7f}",
            "\u{feff}",
            "a\nb",
            "\u{202e}x",
            "e\u{301}",
            "%2F",
            "%ff",
            "*",
            "0",
            "adopt",
            "validate",
            "actions",
            "urn:uuid:11111111-2222-4333-8444-555555555555",
            "{11111111-2222-4333-8444-555555555555}",
            "11111111-2222-4333-8444-555555555555",
            "11111111222243338444555555555555",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
        ];
        match self.dice.within(0..20) {
            0 => "a".repeat(self.dice.within(1..1500)),
            1 => "é".repeat(self.dice.within(1..400)),
            2..5 => format!("{:x}", self.dice.bits() >> self.dice.within(0..64)),
            _ => self.dice.pick(&known).to_owned(),
        }
    }
}
