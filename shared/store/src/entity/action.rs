//! Actions.

use super::{Entity, Kind, own_item, time};
use crate::codec::{decode, drop_empty, encode};
use crate::error::StoreError;
use crate::item::{Item, key_of, n, required, s, text, with_key};
use crate::keys::{self, Key};
use coppice_domain::action::Action;
use coppice_domain::ids::ActionId;
use coppice_domain::time::Timestamp;
use uuid::Uuid;

const INPUTS: &str = "inputs";
/// Attribute: that the inputs are in an item of their own.
const APART: &str = "apart";
/// The longest inputs, in bytes, that an action's own item holds: it is written again with every step.
const LONGEST: usize = 32 * 1024;
/// Takes inputs that are long out of an action's item, into an item of their own that is kept until
/// `expires_at`.
pub(crate) fn part_inputs(own: &mut Item, expires_at: i64) -> Result<Option<Item>, StoreError> {
    if !own.get(INPUTS).is_some_and(|inputs| inputs.as_s().is_ok_and(|text| text.len() > LONGEST)) {
        return Ok(None);
    }
    let key = Key { sk: keys::BODY.to_owned(), ..key_of(own)? };
    let mut apart = Item::from([("expires_at".to_owned(), n(expires_at))]);
    apart.extend(own.remove_entry(INPUTS));
    own.insert(APART.to_owned(), n(1));
    Ok(Some(with_key(&key, apart)))
}

impl Entity for Action {
    const KIND: Kind = Kind::Action;
    const ORDER: &'static str = "created_at";
    type Id = ActionId;

    fn id_of(uuid: Uuid) -> ActionId {
        ActionId::new(uuid)
    }
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }
    fn name(&self) -> &str {
        &self.name
    }
    fn project(&self) -> &str {
        &self.project
    }
    fn listed_at(&self) -> Timestamp {
        self.created_at
    }
    fn sort_value(&self, key: &str) -> Option<String> {
        match key {
            "name" => Some(self.name.clone()),
            "target" => Some(self.target.to_string()),
            "action" => Some(self.kind.name().to_owned()),
            "created_at" => time(Some(self.created_at)),
            "status" => Some(self.status.name().to_owned()),
            _ => None,
        }
    }
    fn rest(item: &Item) -> Option<Key> {
        item.contains_key(APART)
            .then(|| Key { pk: text(item, "pk").unwrap_or_default().to_owned(), sk: keys::BODY.to_owned() })
    }
    fn encode(&self) -> Result<Vec<Item>, StoreError> {
        let mut own = encode(self)?;
        drop_empty(&mut own, &["inputs", "outputs", "data"]);
        // The key that actions are listed under ends in the project.
        own.remove("project");
        Ok(vec![with_key(&keys::action(self.id), own)])
    }
    fn decode(items: &[Item]) -> Result<Self, StoreError> {
        let mut own = own_item(items, Kind::Action)?.clone();
        let scope = required(&own, "scope")?;
        let project = scope.split_once('#').map_or(scope, |(_, project)| project).to_owned();
        own.insert("project".to_owned(), s(project));
        if let Some(inputs) = items.iter().find_map(|item| item.get(INPUTS)) {
            own.insert(INPUTS.to_owned(), inputs.clone());
        }
        decode(&own, &["inputs", "outputs", "data"], &[])
    }
}
