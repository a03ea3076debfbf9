//! The table's definition: one file, which the SAM template is checked against.

use crate::error::{StoreError, classify};
use crate::store::Store;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType, TimeToLiveSpecification,
};
use serde::Deserialize;

/// The definition, as `CreateTable` takes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TableDefinition {
    key_schema: Vec<KeyPart>,
    attribute_definitions: Vec<Attribute>,
    #[serde(default)]
    global_secondary_indexes: Vec<Index>,
    time_to_live_specification: Option<TimeToLive>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct KeyPart {
    attribute_name: String,
    key_type: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attribute {
    attribute_name: String,
    attribute_type: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Index {
    index_name: String,
    key_schema: Vec<KeyPart>,
    projection: ProjectionPart,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ProjectionPart {
    projection_type: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TimeToLive {
    attribute_name: String,
}

impl TableDefinition {
    /// The definition of the resource table.
    ///
    /// # Errors
    /// When the file built into this binary is malformed.
    pub fn resources() -> Result<Self, StoreError> {
        Self::parse(include_str!("../table.json"))
    }

    /// A definition from JSON shaped as `CreateTable` takes it.
    ///
    /// # Errors
    /// When the text is not such a definition.
    pub fn parse(json: &str) -> Result<Self, StoreError> {
        serde_json::from_str(json).map_err(|cause| StoreError::Corrupt(format!("table definition: {cause}")))
    }
}

impl Store {
    /// Creates the store's table when it is absent. Safe to call at every start.
    ///
    /// # Errors
    /// When the table can be neither found nor created.
    pub async fn ensure_table(&self) -> Result<(), StoreError> {
        create_table(&self.client, &self.table, &TableDefinition::resources()?).await
    }
}

/// Creates a table of this definition when it is absent.
///
/// # Errors
/// When the table can be neither found nor created.
pub async fn create_table(
    client: &aws_sdk_dynamodb::Client,
    name: &str,
    definition: &TableDefinition,
) -> Result<(), StoreError> {
    let mut request = client
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .set_key_schema(Some(key_schema(&definition.key_schema)?));
    for attribute in &definition.attribute_definitions {
        request = request.attribute_definitions(
            AttributeDefinition::builder()
                .attribute_name(&attribute.attribute_name)
                .attribute_type(ScalarAttributeType::from(attribute.attribute_type.as_str()))
                .build()
                .map_err(|cause| malformed(&cause))?,
        );
    }
    for index in &definition.global_secondary_indexes {
        let projection = Projection::builder()
            .projection_type(ProjectionType::from(index.projection.projection_type.as_str()))
            .build();
        request = request.global_secondary_indexes(
            GlobalSecondaryIndex::builder()
                .index_name(&index.index_name)
                .set_key_schema(Some(key_schema(&index.key_schema)?))
                .projection(projection)
                .build()
                .map_err(|cause| malformed(&cause))?,
        );
    }
    match request.send().await {
        Ok(_) => {}
        Err(error) if error.code() == Some("ResourceInUseException") => return Ok(()),
        Err(error) => return Err(classify(&error)),
    }
    if let Some(expiry) = &definition.time_to_live_specification {
        let specification = TimeToLiveSpecification::builder()
            .attribute_name(&expiry.attribute_name)
            .enabled(true)
            .build()
            .map_err(|cause| malformed(&cause))?;
        client
            .update_time_to_live()
            .table_name(name)
            .time_to_live_specification(specification)
            .send()
            .await
            .map_err(|error| classify(&error))?;
    }
    Ok(())
}

fn key_schema(parts: &[KeyPart]) -> Result<Vec<KeySchemaElement>, StoreError> {
    parts
        .iter()
        .map(|part| {
            KeySchemaElement::builder()
                .attribute_name(&part.attribute_name)
                .key_type(KeyType::from(part.key_type.as_str()))
                .build()
                .map_err(|cause| malformed(&cause))
        })
        .collect()
}

fn malformed(cause: &aws_sdk_dynamodb::error::BuildError) -> StoreError {
    StoreError::Corrupt(format!("table definition: {cause}"))
}
