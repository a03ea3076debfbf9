use super::*;
use crate::call::{Body, Endpoint};
use crate::fields::{Field, Kind, lists};
use crate::microversion::Feature;
use crate::operation::{Answer, Choice, Object, Parameter, Payload, Shown};
use crate::views;
use coppice_domain::fault::FaultKind;

const INDEX: Endpoint = Endpoint { rule: "clusters:index", since: MIN, body: Body::None };
const CREATE: Endpoint = Endpoint { rule: "clusters:create", since: MIN, body: Body::Required };
const DELETE: Endpoint = Endpoint { rule: "clusters:delete", since: MIN, body: Body::Optional };
const NEWER: Endpoint =
    Endpoint { rule: "clusters:operation", since: Feature::Operations.since(), body: Body::Required };
const ACT: Endpoint = Endpoint { rule: "clusters:action", since: MIN, body: Body::Optional };
const SERVICES: Endpoint = Endpoint { rule: "services:index", since: MIN, body: Body::None };
const TRIGGER: Endpoint = Endpoint { rule: "webhooks:trigger", since: MIN, body: Body::Optional };
const CANCEL: Endpoint = Endpoint { rule: "actions:update", since: MIN, body: Body::Required };
const SHOW_ACTION: Endpoint = Endpoint { rule: "actions:get", since: MIN, body: Body::None };

const FIELDS: &[Field] = &[
    Field::new("name", Kind::Name).required(),
    Field::new("min_size", Kind::Capacity { min: 0 }).nullable(),
    Field::new("config", Kind::JsonMap).nullable().since(Feature::ClusterConfig),
];
const FORCE: &[Field] = &[Field::new("force", Kind::Boolean)];
const FORCED: &[Parameter] = &[Parameter::flag("force").since(Feature::ForceDelete)];
const CALLED: &[Parameter] = &[Parameter::required("V")];
const PARAMS: &[Field] = &[Field::new("params", Kind::JsonMap).nullable(), Field::new("more", Kind::Any)];
const NODES: &[Field] = &[Field::new("nodes", Kind::ReplaceMap)];
const CHOICES: &[Choice] = &[
    Choice::new("check", Object::ANY),
    Choice::new("replace_nodes", Object::lenient(NODES)).since(Feature::ReplaceNodes.since()),
];

fn operations() -> Vec<Operation> {
    let one = Shown::One("cluster", views::CLUSTER);
    vec![
        Operation::get("/clusters", "List", INDEX)
            .lists(&lists::CLUSTERS)
            .ok(Shown::Many("clusters", views::CLUSTER)),
        Operation::post("/clusters", "Create", CREATE)
            .takes(Payload::Wrapped("cluster", Object::strict(FIELDS)))
            .accepted(one)
            .refuses(&[FaultKind::OverQuota]),
        Operation::delete("/clusters/{id}", "Delete", DELETE)
            .reads(FORCED)
            .takes(Payload::Plain(Object::lenient(FORCE)))
            .accepted(Shown::Null)
            .refuses(&[FaultKind::ActionInProgress, FaultKind::ResourceInUse]),
        Operation::post("/clusters/{id}/actions", "Act", ACT)
            .takes(Payload::OneOf(CHOICES))
            .accepted(Shown::One("action", views::ACTION_ID)),
        Operation::post("/clusters/{id}/ops", "Operate", NEWER)
            .takes(Payload::Named(Object::ANY.nullable()))
            .no_content(),
        Operation::unclaimed("/webhooks/{id}/trigger", "Call", TRIGGER)
            .reads(CALLED)
            .takes(Payload::Revised {
                feature: Feature::WebhookBody,
                now: Object::ANY,
                before: Object::strict(PARAMS),
            })
            .accepted(Shown::One("action", views::ACTION_ID)),
        Operation::patch("/actions/{id}", "Cancel", CANCEL)
            .answers(Answer::new(202, Shown::Status).unversioned()),
        Operation::get("/services", "List", SERVICES),
        Operation::get("/actions/{id}", "Show", SHOW_ACTION).ok(Shown::One("action", views::ACTION)),
        Operation::open(PATH, "Describe", "openapi_get"),
    ]
}

/// The part of the document at this JSON pointer.
fn at(pointer: &str) -> Value {
    let document = document(&operations());
    document.pointer(pointer).unwrap_or_else(|| panic!("{pointer} is not there")).clone()
}

fn statuses(pointer: &str) -> Vec<String> {
    let answers = at(&format!("{pointer}/responses"));
    let mut statuses: Vec<String> = answers.as_object().unwrap().keys().cloned().collect();
    statuses.sort_unstable();
    statuses
}

#[test]
fn a_body_is_described_by_the_fields_that_check_it() {
    let schema = "/paths/~1v1~1clusters/post/requestBody/content/application~1json/schema";
    assert_eq!(at(&format!("{schema}/required")), json!(["cluster"]));
    assert_eq!(
        at(&format!("{schema}/properties/cluster")),
        json!({
            "type": "object",
            "properties": {
                "name": {
                    "type": "string", "minLength": 1, "maxLength": 255,
                    "pattern": "^[A-Za-z0-9._~\u{4e00}-\u{9fa5}-]+$"
                },
                "min_size": { "anyOf": [
                    { "type": "integer", "minimum": 0, "maximum": 1000 },
                    { "type": "string", "pattern": "^[0-9]{1,3}$" },
                    { "type": "null" }
                ] },
                "config": { "type": ["object", "null"], "x-since": "1.7" }
            },
            "required": ["name"],
            "additionalProperties": false
        })
    );
    assert_eq!(at("/paths/~1v1~1clusters/post/requestBody/required"), true);
}

#[test]
fn a_body_that_names_one_thing_has_exactly_one_key() {
    let action = "/paths/~1v1~1clusters~1{id}~1actions/post/requestBody";
    assert_eq!(at(&format!("{action}/required")), false);
    assert_eq!(
        at(&format!("{action}/content/application~1json/schema")),
        json!({ "oneOf": [
            {
                "type": "object",
                "properties": { "check": { "type": "object" } },
                "required": ["check"],
                "additionalProperties": false
            },
            {
                "type": "object",
                "properties": { "replace_nodes": {
                    "type": "object",
                    "properties": { "nodes": {
                        "type": "object", "additionalProperties": { "type": "string" }, "minProperties": 1
                    } },
                    "required": ["nodes"]
                } },
                "required": ["replace_nodes"],
                "additionalProperties": false,
                "x-since": "1.3"
            }
        ] })
    );
    let operation = "/paths/~1v1~1clusters~1{id}~1ops/post/requestBody/content/application~1json/schema";
    assert_eq!(at(&format!("{operation}/additionalProperties")), json!({ "type": ["object", "null"] }));
}

#[test]
fn a_body_that_a_microversion_changed_is_either_one() {
    let body = at("/paths/~1v1~1webhooks~1{id}~1trigger/post/requestBody");
    assert_eq!(body["required"], false);
    assert_eq!(
        body["content"]["application/json"]["schema"],
        json!({ "anyOf": [
            { "type": "object", "x-since": "1.10" },
            {
                "type": "object",
                "properties": { "params": { "type": ["object", "null"] }, "more": {} },
                "additionalProperties": false
            }
        ] })
    );
}

#[test]
fn an_answer_that_says_its_status_has_three_forms() {
    let done = at("/paths/~1v1~1actions~1{id}/patch/responses/202");
    let forms: Vec<&String> = done["content"].as_object().unwrap().keys().collect();
    assert_eq!(forms, ["application/json", "text/html", "text/plain"]);
    assert_eq!(done["content"]["application/json"]["schema"], json!({ "$ref": "#/components/schemas/Raw" }));
    assert!(done["headers"].get("OpenStack-API-Version").is_none());
}

#[test]
fn a_query_is_described_by_the_listing_that_reads_it() {
    let parameters = at("/paths/~1v1~1clusters/get/parameters");
    let named: Vec<&str> =
        parameters.as_array().unwrap().iter().filter_map(|each| each["name"].as_str()).collect();
    assert_eq!(named, ["name", "status", "sort", "limit", "marker", "global_project"]);
    assert_eq!(parameters[1]["schema"]["type"], "array");
    assert_eq!(parameters[1]["schema"]["items"]["enum"][0], "INIT");
    let keys = "(name|status|init_at|created_at|updated_at)(:(asc|desc))?";
    assert_eq!(parameters[2]["schema"]["pattern"], format!("^({keys}(,{keys})*)?$"));
    let force = at("/paths/~1v1~1clusters~1{id}/delete/parameters/1");
    assert_eq!(force["schema"], json!({ "type": "boolean", "x-since": "1.8" }));
    let called = at("/paths/~1v1~1webhooks~1{id}~1trigger/post/parameters/1");
    assert_eq!(
        called,
        json!({ "name": "V", "in": "query", "required": true, "schema": { "type": "string", "minLength": 1 } })
    );
}

#[test]
fn a_later_operation_needs_a_microversion_that_knows_it() {
    let newer = at("/paths/~1v1~1clusters~1{id}~1ops/post");
    assert_eq!(newer["x-since"], "1.4");
    let header = &newer["parameters"][1];
    assert_eq!((&header["name"], &header["required"]), (&json!("OpenStack-API-Version"), &json!(true)));
    assert_eq!(header["schema"]["enum"][0], "clustering 1.4");
    let shared = at("/components/parameters/Microversion");
    assert_eq!(shared["required"], false);
    let versions = shared["schema"]["enum"].as_array().unwrap();
    assert_eq!((versions.len(), &versions[15]), (17, &json!("clustering latest")));
    assert_eq!(versions[16], "clustering latest, coppice 1.0");
}

#[test]
fn refusals_follow_from_path_query_rule_and_declaration() {
    for (pointer, expected) in [
        ("/paths/~1/get", &["300", "414"][..]),
        ("/paths/~1v1/get", &["200", "400", "406", "414"]),
        ("/paths/~1v1~1openapi.json/get", &["400", "406", "414"]),
        ("/paths/~1v1~1clusters/get", &["200", "400", "401", "403", "406", "414"]),
        ("/paths/~1v1~1clusters/post", &["202", "400", "401", "403", "406", "414"]),
        ("/paths/~1v1~1clusters~1{id}/delete", &["202", "400", "401", "404", "406", "409", "414"]),
        ("/paths/~1v1~1webhooks~1{id}~1trigger/post", &["202", "400", "404", "406", "414"]),
        ("/paths/~1v1~1services/get", &["400", "401", "403", "406", "414"]),
    ] {
        assert_eq!(statuses(pointer), expected, "{pointer}");
    }
    let conflict = at("/paths/~1v1~1clusters~1{id}/delete/responses/409");
    assert_eq!(conflict["description"], "`ActionInProgress`, `ResourceInUse`");
    let kinds = &conflict["content"]["application/json"]["schema"]["allOf"][1]["properties"]["error"];
    assert_eq!(kinds["properties"]["type"]["enum"], json!(["ActionInProgress", "ResourceInUse"]));
}

#[test]
fn what_needs_no_token_says_so() {
    assert_eq!(at("/security"), json!([{ "token": [] }]));
    assert_eq!(at("/paths/~1v1~1openapi.json/get/security"), json!([]));
    assert_eq!(at("/paths/~1versions/get/security"), json!([]));
    let call = at("/paths/~1v1~1webhooks~1{id}~1trigger/post");
    assert_eq!((&call["security"], &call["tags"]), (&json!([]), &json!(["webhooks"])));
    assert_eq!(call["x-rule"], "webhooks:trigger");
    assert!(document(&operations()).pointer("/paths/~1v1~1clusters/get/security").is_none());
}

#[test]
fn answers_lead_on() {
    let made = at("/paths/~1v1~1clusters/post/responses/202/links/clusters_delete");
    assert_eq!(made["parameters"], json!({ "id": "$response.body#/cluster/id" }));
    let acted = at("/paths/~1v1~1clusters~1{id}~1actions/post/responses/202/links/actions_get");
    assert_eq!(acted["parameters"], json!({ "id": "$response.body#/action" }));
    let cancelled = at("/paths/~1v1~1clusters~1{id}~1actions/post/responses/202/links/actions_update");
    assert_eq!(cancelled["parameters"], acted["parameters"]);
    let headers = at("/paths/~1v1~1clusters/post/responses/202/headers");
    assert_eq!(headers["Location"], json!({ "$ref": "#/components/headers/Location" }));
}

#[test]
fn the_text_has_its_keys_in_order_and_ends_its_last_line() {
    let text = render(&json!({ "b": [{ "d": 1, "c": 2 }], "a": null }));
    assert_eq!(
        text,
        "{\n  \"a\": null,\n  \"b\": [\n    {\n      \"c\": 2,\n      \"d\": 1\n    }\n  ]\n}\n"
    );
}
