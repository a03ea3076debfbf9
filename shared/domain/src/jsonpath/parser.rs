//! From tokens to an expression. The first token that cannot go on what stands before it is the error.

use super::PathError;
use super::lexer::{Kind, Lexer, Token};

/// A path as a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expression {
    /// `$`
    Root,
    /// `` `this` ``
    This,
    /// `` `parent` ``
    Parent,
    /// `a,b`
    Fields(Vec<String>),
    /// `*`
    AnyField,
    /// `[0]`
    Index(i64),
    /// `[1:3]`, `[*]`
    Slice(Option<i64>, Option<i64>),
    /// `a.b`
    Child(Box<Self>, Box<Self>),
    /// `a..b`
    Descendants(Box<Self>, Box<Self>),
    /// `a | b`
    Union(Box<Self>, Box<Self>),
    /// `a where b`
    Where(Box<Self>, Box<Self>),
}

/// What joins two expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Operator {
    Descendants,
    Child,
    Union,
    Intersect,
    Where,
}

/// Reads a path.
pub(super) fn parse(text: &str) -> Result<Expression, PathError> {
    let mut parser = Parser { lexer: Lexer::new(text), ahead: None, intersects: false };
    let expression = parser.whole()?;
    match parser.next()? {
        Some(token) => Err(token.unexpected()),
        None if parser.intersects => Err(PathError::own("the operator & is not supported")),
        None => Ok(expression),
    }
}

struct Parser {
    lexer: Lexer,
    /// The token that was looked at but not taken.
    ahead: Option<Token>,
    /// Whether there is an `&`, which the reference reads but cannot follow.
    intersects: bool,
}

impl Parser {
    fn peek(&mut self) -> Result<Option<Kind>, PathError> {
        if self.ahead.is_none() {
            self.ahead = self.lexer.token()?;
        }
        Ok(self.ahead.as_ref().map(|token| token.kind))
    }

    fn next(&mut self) -> Result<Option<Token>, PathError> {
        match self.ahead.take() {
            Some(token) => Ok(Some(token)),
            None => self.lexer.token(),
        }
    }

    /// The next token, where there must be one: that there is none is an error without detail.
    fn must(&mut self) -> Result<Token, PathError> {
        self.next()?.ok_or(PathError { detail: None })
    }

    fn must_be(&mut self, c: char) -> Result<(), PathError> {
        let token = self.must()?;
        if token.kind == Kind::Literal(c) { Ok(()) } else { Err(token.unexpected()) }
    }

    /// An expression up to its end or the parenthesis that closes it. A bracket in it applies to all that
    /// comes before, however tightly that is joined.
    fn whole(&mut self) -> Result<Expression, PathError> {
        let mut left = self.joined(None)?;
        while self.peek()? == Some(Kind::Literal('[')) {
            let token = self.must()?;
            let bracket = self.operand(&token)?;
            left = self.join(Expression::Child(Box::new(left), Box::new(bracket)), None)?;
        }
        Ok(left)
    }

    /// An operand and what is joined to it more tightly than by `within`.
    fn joined(&mut self, within: Option<Operator>) -> Result<Expression, PathError> {
        let token = self.must()?;
        let operand = self.operand(&token)?;
        self.join(operand, within)
    }

    fn join(&mut self, mut left: Expression, within: Option<Operator>) -> Result<Expression, PathError> {
        while let Some(operator) = self.peek()?.and_then(operator).filter(|each| Some(*each) > within) {
            self.must()?;
            let (one, other) = (Box::new(left), Box::new(self.joined(Some(operator))?));
            left = match operator {
                Operator::Child => Expression::Child(one, other),
                Operator::Descendants => Expression::Descendants(one, other),
                Operator::Where => Expression::Where(one, other),
                Operator::Union => Expression::Union(one, other),
                Operator::Intersect => {
                    self.intersects = true;
                    Expression::Union(one, other)
                }
            };
        }
        Ok(left)
    }

    /// What begins with `token` and is whole by itself.
    fn operand(&mut self, token: &Token) -> Result<Expression, PathError> {
        match token.kind {
            Kind::Literal('$') => Ok(Expression::Root),
            Kind::Literal('*') => Ok(Expression::AnyField),
            Kind::Literal('[') => self.bracket(),
            Kind::Literal('(') => {
                let inner = self.whole()?;
                self.must_be(')')?;
                Ok(inner)
            }
            Kind::Id => self.fields(token),
            Kind::NamedOperator => self.named(token),
            _ => Err(token.unexpected()),
        }
    }

    /// What stands in back quotes. The reference looks whether the next token can follow before it asks
    /// whether there is an operator of this name.
    fn named(&mut self, token: &Token) -> Result<Expression, PathError> {
        match token.text.as_str() {
            "this" => Ok(Expression::This),
            "parent" => Ok(Expression::Parent),
            _ => match self.next()? {
                Some(next) if !can_follow(next.kind) => Err(next.unexpected()),
                _ => Err(token.unknown()),
            },
        }
    }

    /// Names with commas between them. One that is a star, which takes quotes here, makes all of them so.
    fn fields(&mut self, first: &Token) -> Result<Expression, PathError> {
        let mut names = vec![first.text.clone()];
        while self.peek()? == Some(Kind::Literal(',')) {
            self.must()?;
            let token = self.must()?;
            if token.kind != Kind::Id {
                return Err(token.unexpected());
            }
            names.push(token.text);
        }
        Ok(if names.iter().any(|name| name == "*") {
            Expression::AnyField
        } else {
            Expression::Fields(names)
        })
    }

    /// What stands in brackets, behind the one that opens them.
    fn bracket(&mut self) -> Result<Expression, PathError> {
        let token = self.must()?;
        let inner = match token.kind {
            Kind::Id => self.fields(&token)?,
            Kind::Literal('*') => Expression::Slice(None, None),
            Kind::Literal(':') => Expression::Slice(None, self.slice_end()?),
            Kind::Number(start) if self.peek()? == Some(Kind::Literal(':')) => {
                self.must()?;
                Expression::Slice(Some(start), self.slice_end()?)
            }
            Kind::Number(index) => Expression::Index(index),
            _ => return Err(token.unexpected()),
        };
        self.must_be(']')?;
        Ok(inner)
    }

    fn slice_end(&mut self) -> Result<Option<i64>, PathError> {
        let Some(Kind::Number(end)) = self.peek()? else { return Ok(None) };
        self.must()?;
        Ok(Some(end))
    }
}

/// Whether a token can stand behind an expression somewhere.
fn can_follow(kind: Kind) -> bool {
    operator(kind).is_some() || matches!(kind, Kind::Literal('[' | ')'))
}

fn operator(kind: Kind) -> Option<Operator> {
    match kind {
        Kind::DoubleDot => Some(Operator::Descendants),
        Kind::Where => Some(Operator::Where),
        Kind::Literal('.') => Some(Operator::Child),
        Kind::Literal('|') => Some(Operator::Union),
        Kind::Literal('&') => Some(Operator::Intersect),
        _ => None,
    }
}
