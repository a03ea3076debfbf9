//! What a creation comes to, before anything is stored.

use super::super::behaviour::{Failure, failure_named};
use super::super::chance::{address, happens, part_id};
use super::FAILING_ZONE;
use super::config::Settings;
use super::record::PartRecord;
use crate::balancer::{BalancerError, Blueprint, PartKind, PartRequest};
use coppice_domain::cluster::JsonMap;
use coppice_domain::time::Timestamp;
use serde_json::Value;

/// How a request is made to fail; `Invalid` for a way that has no name.
pub(super) fn failure(request: &PartRequest) -> Result<Option<Failure>, BalancerError> {
    let Blueprint::Balancer { zone: Some(zone), .. } = &request.what else { return Ok(None) };
    let Some(how) = zone.strip_prefix(FAILING_ZONE) else { return Ok(None) };
    match failure_named(how) {
        Some(Some(Failure::Capacity | Failure::Quota)) => {
            Err(BalancerError::Quota("Quota exceeded for load balancers.".to_owned()))
        }
        Some(Some(Failure::Invalid)) | None => {
            Err(BalancerError::Invalid(format!("The availability zone '{zone}' cannot be used.")))
        }
        Some(failure) => Ok(failure),
    }
}

/// The record of a part accepted `now` in `balancer`, with the `ordinal`th of the ids it may have.
pub(super) fn record(
    settings: &Settings,
    request: &PartRequest,
    balancer: Option<&str>,
    (call, ordinal): (u64, u64),
    now: Timestamp,
) -> PartRecord {
    let kind = request.what.kind();
    let within = request.what.within();
    let origin = &request.origin;
    let (cluster, policy) = (origin.cluster.to_string(), origin.policy.to_string());
    let moment = now.micros().to_string();
    let instance = match &request.what {
        Blueprint::Member { member, .. } => Some(member.instance.clone()),
        _ => None,
    };
    let reason = [
        origin.deployment.as_str(),
        cluster.as_str(),
        policy.as_str(),
        kind.name(),
        within.unwrap_or_default(),
        instance.as_deref().unwrap_or_default(),
        moment.as_str(),
    ];
    let id = part_id(settings.seed, &reason, ordinal);
    let fails =
        kind == PartKind::Balancer && happens(settings.fail_rate, settings.seed, &["balancer fails", &id]);
    let span = if kind == PartKind::Balancer { settings.provision } else { settings.change };
    PartRecord {
        address: reached_at(&request.what, &id),
        id,
        version: 0,
        call,
        kind,
        name: request.name.clone(),
        within: within.map(str::to_owned),
        balancer: balancer.map(str::to_owned),
        origin: Some(origin.clone()),
        instance,
        created_at: now,
        ready_at: now.plus(span),
        error: fails.then(|| FAILED.to_owned()),
        engaged: None,
        departure: None,
    }
}

/// What is said of a balancer that failed.
pub(super) const FAILED: &str = "The load balancer could not be provisioned.";

/// The address that is asked for, else the one on the network that is asked for.
fn reached_at(what: &Blueprint, id: &str) -> Option<String> {
    let text = |map: &JsonMap, key: &str| {
        map.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    match what {
        Blueprint::Balancer { vip, .. } => text(vip, "address").or_else(|| {
            let network = text(vip, "subnet").or_else(|| text(vip, "network"));
            Some(address(id, &network.unwrap_or_default()))
        }),
        Blueprint::Member { member, subnet, .. } => {
            member.address.clone().or_else(|| Some(address(&member.instance, subnet)))
        }
        Blueprint::Pool { .. } | Blueprint::Listener { .. } | Blueprint::Monitor { .. } => None,
    }
}
