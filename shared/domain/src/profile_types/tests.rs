use super::nova_server::{Network, Redacted, Server};
use super::*;
use crate::fault::MALFORMED;
use crate::schema::tests::any_json;
use proptest::prelude::*;
use serde_json::json;

fn map(value: Value) -> JsonMap {
    match value {
        Value::Object(map) => map,
        other => panic!("{other} is no object"),
    }
}

fn server(properties: Value) -> JsonMap {
    let mut spec = map(json!({"type": "os.nova.server", "version": "1.0"}));
    spec.insert("properties".to_owned(), properties);
    spec
}

fn refused(name: Option<&str>, spec: &JsonMap) -> (u16, &'static str, String) {
    let fault = validate_profile_spec(name, spec).unwrap_err();
    (fault.kind.status(), fault.kind.name(), fault.message)
}

#[test]
fn a_spec_that_fits_yields_the_key_of_its_type() {
    let networks = json!([{"network": "private"}]);
    for version in [json!("1.0"), json!(1.0)] {
        let mut spec = server(json!({"flavor": "1", "networks": networks, "context": {"user_id": "u"}}));
        spec.insert("version".to_owned(), version);
        assert_eq!(
            validate_profile_spec(Some("p"), &spec),
            Ok(ProfileTypeName("os.nova.server-1.0".to_owned()))
        );
    }
    let heat = json!({"template_url": "http://x", "context": {"anything": 1}});
    let heat = map(json!({"type": "os.heat.stack", "version": "1.0", "properties": heat}));
    assert_eq!(validate_profile_spec(None, &heat).unwrap().to_string(), "os.heat.stack-1.0");
    let docker = json!({"image": "i", "host_node": "n"});
    let docker = map(json!({"type": "container.dockerinc.docker", "version": "1.0", "properties": docker}));
    assert!(validate_profile_spec(None, &docker).is_ok());
}

#[test]
fn the_type_is_looked_up_before_anything_else() {
    for (spec, status, kind, text) in [
        (json!({}), 500, "ESchema", "The 'type' key is missing from the provided spec map."),
        (json!({"type": "x"}), 500, "ESchema", "The 'version' key is missing from the provided spec map."),
        (json!({"type": 1, "version": 1}), 400, "HTTPBadRequest", MALFORMED),
        (
            json!({"type": "os.bogus", "version": "1.0"}),
            404,
            "ResourceNotFound",
            "The profile_type 'os.bogus-1.0' could not be found.",
        ),
        (
            json!({"type": "os.nova.server", "version": "1.1", "properties": 1}),
            404,
            "ResourceNotFound",
            "The profile_type 'os.nova.server-1.1' could not be found.",
        ),
    ] {
        for name in [None, Some("p")] {
            assert_eq!(refused(name, &map(spec.clone())), (status, kind, text.to_owned()));
        }
    }
}

#[test]
fn schema_violations_carry_the_profile_name_on_creation_only() {
    let flavor = json!({"flavor": "1"});
    for (properties, text) in [
        (json!([]), "'[]' is not a Map"),
        (json!("abc"), "'abc' is not a Map"),
        (json!({"name": "n"}), "Required spec item 'flavor' not provided"),
        (json!({"flavor": "1", "foo": 1}), "Unrecognizable spec item 'foo'"),
        (json!({"flavor": null}), "The value 'None' is not a valid string."),
        (json!({"context": [], "admin_pass": null}), "'[]' is not a Map"),
        (json!({"flavor": "1", "networks": null}), "'None' is not a List"),
        (json!({"flavor": "1", "networks": "x"}), "'x' is not a Map"),
        (json!({"flavor": "1", "networks": [{"net": 1}]}), "Unrecognizable spec item 'net'"),
        (
            json!({"flavor": "1", "personality": [{"path": "/"}]}),
            "Required spec item 'contents' not provided",
        ),
        (
            json!({"flavor": "1", "context": {"user_id": "u", "tenant": 1, "zone": 2}}),
            "Some keys in 'context' are invalid: ['tenant', 'zone']",
        ),
    ] {
        let spec = server(properties);
        assert_eq!(refused(None, &spec), (400, "InvalidSpec", text.to_owned()));
        assert_eq!(
            refused(Some("x"), &spec),
            (400, "InvalidSpec", format!("Failed in creating profile x: {text}"))
        );
    }
    let mut extra = server(flavor.clone());
    extra.insert("description".to_owned(), json!("d"));
    assert_eq!(refused(None, &extra).2, "Unrecognizable spec item 'description'");
    let mut bare = server(flavor);
    bare.remove("properties");
    assert_eq!(refused(None, &bare).2, "Required spec item 'properties' not provided");
}

#[test]
fn a_malformed_context_is_reported_before_the_envelope() {
    let mut spec = server(json!({"context": 5}));
    spec.insert("extra".to_owned(), json!(1));
    assert_eq!(refused(None, &spec).2, "'5' is not a Map");
}

#[test]
fn where_the_reference_trips_over_a_type_the_answer_is_generic() {
    for properties in [
        json!(null),
        json!(5),
        json!(true),
        json!("some context"),
        json!(["context"]),
        json!({"flavor": "1"}),
    ] {
        assert_eq!(refused(Some("x"), &server(properties)).2, MALFORMED);
    }
}

#[test]
fn a_network_names_a_network_or_a_port_and_does_not_contradict_itself() {
    let with = |network: Value| server(json!({"flavor": "1", "networks": [network]}));
    for (network, text) in [
        (json!({}), "One of 'port' and 'network' must be provided"),
        (
            json!({"port": "p", "fixed_ip": "10.0.0.1"}),
            "The 'port' property and the 'fixed_ip' property cannot be specified at the same time",
        ),
        (
            json!({"network": "n", "vnic_type": "odd"}),
            "vnic_type: 'odd' is not supported.(supported types are: normal, direct, macvtap)",
        ),
    ] {
        assert_eq!(refused(Some("x"), &with(network)), (400, "InvalidSpec", text.to_owned()));
    }
    assert!(validate_profile_spec(None, &server(json!({"flavor": "1", "networks": []}))).is_ok());
    assert!(validate_profile_spec(None, &with(json!({"port": "p", "vnic_type": "direct"}))).is_ok());
}

#[test]
fn a_stack_needs_a_template_and_a_container_one_host() {
    let spec =
        |kind: &str, properties| map(json!({"type": kind, "version": "1.0", "properties": properties}));
    let text = |name: &str| format!("Both template and template_url are not specified for profile '{name}'.");
    assert_eq!(refused(Some("x"), &spec("os.heat.stack", json!({}))).2, text("x"));
    assert_eq!(refused(None, &spec("os.heat.stack", json!({"template": {}}))).2, text("validated_profile"));
    for (properties, text) in [
        (json!({"image": "i"}), "Either 'host_cluster' or 'host_node' must be specified."),
        (
            json!({"image": "i", "host_cluster": "c", "host_node": "n"}),
            "Either 'host_cluster' or 'host_node' must be specified, but not both.",
        ),
    ] {
        assert_eq!(refused(Some("x"), &spec("container.dockerinc.docker", properties)).2, text);
    }
}

#[test]
fn only_a_container_names_a_host_and_only_one() {
    let docker = "container.dockerinc.docker-1.0";
    let of = |key: &str, properties: Value| host(key, &map(json!({"properties": properties})));
    let named = |kind, reference: &str| Some(NamedHost { kind, reference: reference.to_owned() });
    for (properties, expected) in [
        (json!({"image": "i", "host_node": "n"}), named(HostKind::Node, "n")),
        (json!({"image": "i", "host_cluster": "c", "host_node": ""}), named(HostKind::Cluster, "c")),
        (json!({"image": "i", "host_cluster": "c", "host_node": "n"}), None),
        (json!({"image": "i"}), None),
        (json!({"host_node": "n"}), None),
    ] {
        assert_eq!(of(docker, properties.clone()), expected, "{properties}");
    }
    assert_eq!(of("os.heat.stack-1.0", json!({"template_url": "u"})), None);
    assert_eq!(of("bogus", json!({"image": "i", "host_node": "n"})), None);
}

#[test]
fn a_host_that_does_not_take_a_profile_is_named_with_what_to_do() {
    let spec = map(json!({"properties": {"image": "i", "host_cluster": "web"}}));
    for (refusal, kind, text) in [
        (
            HostRefusal::Gone,
            FaultKind::InvalidSpec,
            "The specified host_cluster 'web' could not be found or is not unique.",
        ),
        (
            HostRefusal::Full,
            FaultKind::RequestLimitExceeded,
            "Request limit exceeded: the specified host_cluster 'web' hosts 64 profiles, and may host no more. \
             Delete one of them, or name another host.",
        ),
    ] {
        let fault = host_refused(refusal, "container.dockerinc.docker-1.0", &spec);
        assert_eq!(fault, Fault::new(kind, text));
    }
}

#[test]
fn types_are_listed_in_order_in_both_shapes() {
    assert_eq!(
        list(false),
        [
            json!({"name": "container.dockerinc.docker-1.0"}),
            json!({"name": "os.heat.stack-1.0"}),
            json!({"name": "os.nova.server-1.0"}),
        ]
    );
    assert_eq!(
        list(true)[0],
        json!({"name": "container.dockerinc.docker", "version": "1.0",
               "support_status": {"1.0": [{"since": "2017.02", "status": "EXPERIMENTAL"}]}})
    );
    assert_eq!(
        list(true)[2],
        json!({"name": "os.nova.server", "version": "1.0",
               "support_status": {"1.0": [{"since": "2016.04", "status": "SUPPORTED"}]}})
    );
}

#[test]
fn a_type_shows_its_schema_and_the_support_of_every_declared_version() {
    let shown = get("os.nova.server-1.0").unwrap().show(true);
    assert_eq!(shown["name"], "os.nova.server-1.0");
    let properties: Vec<&String> = shown["schema"].as_object().unwrap().keys().collect();
    assert_eq!(properties.len(), 16);
    assert_eq!(shown["support_status"].as_object().unwrap().len(), 3);
    let updatable = |name: &str| shown["schema"][name]["updatable"] == true;
    for name in &properties {
        let expected = ["flavor", "image", "metadata", "name", "networks"].contains(&name.as_str());
        assert_eq!(updatable(name), expected, "{name}");
    }
    assert_eq!(shown["schema"]["auto_disk_config"]["default"], true);
    assert_eq!(
        shown["schema"]["networks"]["schema"]["*"]["schema"]["security_groups"]["schema"]["*"]["required"],
        true
    );
    assert!(get("os.nova.server-1.0").unwrap().show(false).get("support_status").is_none());
    assert_eq!(get("bogus-1.0").unwrap_err().message, "The profile_type 'bogus-1.0' could not be found.");
}

#[test]
fn operations_are_shown_with_their_parameters() {
    let nova = get("os.nova.server-1.0").unwrap();
    let shown = nova.show_operations();
    let names: Vec<&String> = shown.as_object().unwrap().keys().collect();
    assert_eq!(names.len(), 14);
    assert!(nova.operation("migrate").is_none());
    let mut reboot = shown["reboot"]["parameters"]["type"].clone();
    assert!(reboot.as_object_mut().unwrap().remove("description").is_some());
    assert_eq!(
        reboot,
        json!({"type": "String", "default": "SOFT", "required": false,
               "constraints": [{"type": "AllowedValues", "constraint": ["SOFT", "HARD"]}]})
    );
    assert_eq!(shown["lock"]["parameters"], json!({}));
    let mut abandon = get("os.heat.stack-1.0").unwrap().show_operations()["abandon"].clone();
    assert!(abandon.as_object_mut().unwrap().remove("description").is_some());
    assert_eq!(abandon, json!({"type": "Map", "required": false, "updatable": false}));
    let docker = get("container.dockerinc.docker-1.0").unwrap();
    assert_eq!(docker.operation("restart").unwrap().check(&map(json!({"wait_time": 1}))), Ok(()));
}

#[test]
fn a_server_is_read_with_its_defaults_and_keeps_its_secrets_out_of_debug_output() {
    let spec = server(json!({"flavor": 1, "name": "n", "admin_pass": "hush", "metadata": {"k": 1},
        "networks": [{"network": "private", "security_groups": ["a"]}],
        "block_device_mapping_v2": [{"source_type": "image", "destination_type": "local", "volume_size": "5"}]}));
    let read = Server::from_spec(&spec).unwrap();
    assert_eq!((read.flavor.as_str(), read.name.as_deref(), read.image.as_deref()), ("1", Some("n"), None));
    assert!(read.auto_disk_config);
    assert_eq!(read.metadata, map(json!({"k": 1})));
    let private = Network {
        network: Some("private".to_owned()),
        security_groups: vec!["a".to_owned()],
        ..Network::default()
    };
    assert_eq!(read.networks, [private]);
    assert_eq!(read.block_device_mapping_v2[0].volume_size, Some(5));
    assert!(read.security_groups.is_empty() && read.personality.is_empty());
    assert_eq!(read.admin_pass, Some(Redacted("hush".to_owned())));
    assert!(!format!("{read:?}").contains("hush"));
}

proptest! {
    #[test]
    fn any_properties_are_taken_or_refused(
        properties in any_json(), values in proptest::collection::vec(any_json(), 16), name in ".{0,8}"
    ) {
        for kind in &ALL {
            let named = kind.schema.0.iter().map(|each| each.name.to_owned()).zip(values.clone());
            for properties in [properties.clone(), Value::Object(named.collect())] {
                let spec = map(json!({"type": kind.name, "version": "1.0", "properties": properties}));
                let _ = validate_profile_spec(Some(&name), &spec);
            }
        }
    }

    #[test]
    fn every_server_that_resolves_can_be_read(value in any_json(), text in ".{0,8}") {
        let schema = nova_server::TYPE.schema;
        let fitting = schema.0.iter().filter(|each| each.convert(&value).is_ok());
        let mut given: JsonMap = fitting.map(|each| (each.name.to_owned(), value.clone())).collect();
        given.insert("flavor".to_owned(), text.into());
        let read = Server::parse(&schema.resolve(&given).unwrap());
        prop_assert!(read.is_ok(), "{:?}", read);
    }
}

#[test]
fn a_server_is_read_whose_block_devices_have_any_whole_number() {
    for number in [json!(u64::MAX), json!(i64::MIN), json!(1e300), json!(-1e300)] {
        let device = json!({"source_type": "image", "destination_type": "local", "volume_size": number,
            "boot_index": number});
        let given = map(json!({"flavor": 1, "name": "n", "block_device_mapping_v2": [device]}));
        let resolved = nova_server::TYPE.schema.resolve(&given).unwrap();
        let read = Server::parse(&resolved).unwrap();
        let kept = &resolved["block_device_mapping_v2"][0]["boot_index"];
        assert_eq!(json!(read.block_device_mapping_v2[0].boot_index), *kept, "{number}");
    }
}

#[test]
fn a_type_says_what_its_nodes_can_be_told() {
    let server = "os.nova.server-1.0";
    for (name, parameters, text) in [
        (
            "dance",
            json!({}),
            "The requested operation 'dance' is not supported by the profile type \
             'os.nova.server-1.0'.",
        ),
        ("reboot", json!({ "params": {} }), "Unrecognizable parameter 'params'."),
        ("reboot", json!({ "type": "soft" }), "'soft' must be one of the allowed values: SOFT, HARD."),
        ("pause", json!({ "a": 1 }), MALFORMED),
    ] {
        let refused = check_operation(server, name, parameters.as_object().unwrap());
        assert_eq!(refused.map_err(|fault| fault.message), Err(text.to_owned()));
    }
    for (kind, name, parameters) in [
        (server, "reboot", json!({ "type": "HARD" })),
        (server, "pause", json!({})),
        ("os.heat.stack-1.0", "abandon", json!({ "any": "thing" })),
    ] {
        assert_eq!(check_operation(kind, name, parameters.as_object().unwrap()), Ok(()));
    }
}
