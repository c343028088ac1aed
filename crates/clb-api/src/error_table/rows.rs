//! The rows, by code.

use super::{Class, Row};

/// Every documented code, in order.
pub const ROWS: &[Row] = &[
    row(
        "ActionOffline",
        Class::Terminal,
        "the service has taken this action offline: see the API's release notes for its successor",
    ),
    row(
        "AuthFailure",
        Class::Auth,
        "check the secret id, secret key and token, and that they are of the site (domestic or international) you call",
    ),
    row(
        "AuthFailure.InvalidAuthorization",
        Class::Auth,
        "the signature header was changed on the way: look for a proxy that rewrites `Authorization`",
    ),
    row(
        "AuthFailure.InvalidSecretId",
        Class::Auth,
        "this is no secret id of a Tencent Cloud API key: check for swapped or cut values",
    ),
    row(
        "AuthFailure.MFAFailure",
        Class::Auth,
        "give a fresh code of the MFA device: each can be used once and for half a minute",
    ),
    row(
        "AuthFailure.SecretIdNotFound",
        Class::Auth,
        "the key was deleted or disabled, or belongs to the other site (domestic or international): see the API keys page of the console",
    ),
    row(
        "AuthFailure.SignatureExpire",
        Class::CorrectClock,
        "set this machine's clock: it is more than five minutes off",
    ),
    row(
        "AuthFailure.SignatureFailure",
        Class::Auth,
        "the secret key does not belong to the secret id: check for swapped or cut values",
    ),
    row(
        "AuthFailure.TokenFailure",
        Class::FreshCredentials,
        "the session has expired or its token does not belong to the key: sign in again or give a fresh token",
    ),
    row(
        "AuthFailure.UnauthorizedOperation",
        Class::Auth,
        "ask for a policy that allows this action to this user or role",
    ),
    row(
        "DryRunOperation",
        Class::Terminal,
        "the call was a dry run and would have succeeded: send it without `DryRun`",
    ),
    row(
        "FailedOperation",
        Class::RetryAFewTimes,
        "the service gave no reason: look the load balancer up in the console, and give its RequestId to support",
    ),
    row("FailedOperation.AssociationNotActive", Class::Terminal, "activate the association before use"),
    row(
        "FailedOperation.EipTrafficCheckRisk",
        Class::Terminal,
        "the service's safety check found traffic: see its message, and repeat with the check forced if that is meant",
    ),
    row(
        "FailedOperation.FrequencyCheckRisk",
        Class::Terminal,
        "the service's safety check found too many changes in a short time: wait, or repeat with the check forced if that is meant",
    ),
    row(
        "FailedOperation.InsufficientBalance",
        Class::Terminal,
        "pay the account in, or choose another way to pay",
    ),
    row("FailedOperation.InvalidApiKey", Class::Terminal, "check the API key of the model's provider"),
    row(
        "FailedOperation.InvalidLBStatus",
        Class::Terminal,
        "wait until the load balancer is in normal state, or look into why it is not",
    ),
    row(
        "FailedOperation.ModelDoesNotSupportModality",
        Class::Terminal,
        "choose a model that supports this kind of input",
    ),
    row("FailedOperation.ModelNotFound", Class::Terminal, "check the model's name"),
    row("FailedOperation.NoListenerInLB", Class::Terminal, "create a listener on the load balancer first"),
    row(
        "FailedOperation.RateLimitExceeded",
        Class::Throttled,
        "the model router's limit is reached: send fewer requests or raise the limit",
    ),
    row("FailedOperation.RequestTimeout", Class::Retry, "the service took too long: it is asked again"),
    row(
        "FailedOperation.ResourceInCloning",
        Class::Busy,
        "the load balancer is being cloned: wait until that is done",
    ),
    row(
        "FailedOperation.ResourceInOperating",
        Class::Busy,
        "another change of this load balancer is under way: wait until that is done",
    ),
    row(
        "FailedOperation.TargetNumCheckRisk",
        Class::Terminal,
        "the service's safety check found traffic: see its message, and repeat with the check forced if that is meant",
    ),
    row(
        "FailedOperation.TrafficCheckRisk",
        Class::Terminal,
        "the service's safety check found traffic: see its message, and repeat with the check forced if that is meant",
    ),
    row(
        "InternalError",
        Class::Retry,
        "the service had trouble of its own: it is asked again; if that stays, give the RequestId to support",
    ),
    row(
        "InternalError.AssociationReferenceInvalid",
        Class::Retry,
        "the service lost a reference of its own: give the RequestId to support",
    ),
    row("InvalidAction", Class::Terminal, "check the action's name and that this version of the API has it"),
    row("InvalidParameter", Class::Terminal, "check the parameter that the message names"),
    row("InvalidParameter.AttachmentItem", Class::Terminal, "check the parameter that the message names"),
    row("InvalidParameter.Attachments", Class::Terminal, "check the parameter that the message names"),
    row(
        "InvalidParameter.ClientTokenLimitExceeded",
        Class::Terminal,
        "choose a new client token: this one was used too often",
    ),
    row(
        "InvalidParameter.EndpointUnreachable",
        Class::Terminal,
        "check that the endpoint can be reached from the service",
    ),
    row("InvalidParameter.FormatError", Class::Terminal, "check the parameter that the message names"),
    row("InvalidParameter.InputModality", Class::Terminal, "check the parameter that the message names"),
    row("InvalidParameter.InvalidFieldValue", Class::Terminal, "check the parameter that the message names"),
    row("InvalidParameter.InvalidFilter", Class::Terminal, "check the parameter that the message names"),
    row("InvalidParameter.LBIdNotFound", Class::NotFound, "check the load balancer's id and the region"),
    row(
        "InvalidParameter.ListenerIdNotFound",
        Class::Terminal,
        "check the listener's id and that it belongs to this load balancer",
    ),
    row(
        "InvalidParameter.LocationNotFound",
        Class::Terminal,
        "check the rule's id, domain and path, and that it belongs to this listener",
    ),
    row("InvalidParameter.MinOrderAllZero", Class::Terminal, "give at least one entry an order above zero"),
    row(
        "InvalidParameter.PortCheckFailed",
        Class::Terminal,
        "choose a port that this load balancer does not use yet and that the protocol allows",
    ),
    row(
        "InvalidParameter.ProtocolCheckFailed",
        Class::Terminal,
        "choose a protocol that this kind of listener and target supports",
    ),
    row(
        "InvalidParameter.RegionNotFound",
        Class::Terminal,
        "check the region: it is spelled like `ap-guangzhou`",
    ),
    row(
        "InvalidParameter.RewriteAlreadyExist",
        Class::Terminal,
        "remove the redirection that exists already, or keep it",
    ),
    row(
        "InvalidParameter.SomeRewriteNotFound",
        Class::Terminal,
        "check the redirections: not all of them exist",
    ),
    row(
        "InvalidParameterCombination",
        Class::Terminal,
        "remove one of the parameters that exclude each other; the message names them",
    ),
    row("InvalidParameterValue", Class::Terminal, "check the parameter that the message names"),
    row(
        "InvalidParameterValue.Duplicate",
        Class::Terminal,
        "choose another value: this one is taken or given twice",
    ),
    row(
        "InvalidParameterValue.InvalidFieldValue",
        Class::Terminal,
        "check the parameter that the message names",
    ),
    row("InvalidParameterValue.InvalidFilter", Class::Terminal, "check the parameter that the message names"),
    row(
        "InvalidParameterValue.Length",
        Class::Terminal,
        "check the length of the value that the message names",
    ),
    row(
        "InvalidParameterValue.Range",
        Class::Terminal,
        "check the range of the value that the message names",
    ),
    row(
        "InvalidRequest",
        Class::Terminal,
        "the request was changed on the way or is of a form the service does not know: look for a proxy between",
    ),
    row("IpInBlacklist", Class::Auth, "this address is on the account's blacklist: change it in the console"),
    row(
        "IpNotInWhitelist",
        Class::Auth,
        "this address is not on the account's whitelist: add it in the console",
    ),
    row(
        "LimitExceeded",
        Class::Terminal,
        "a quota is used up: delete what is no longer needed, or ask for a higher quota",
    ),
    row("MissingParameter", Class::Terminal, "give the parameter that the message names"),
    row("NoSuchProduct", Class::Terminal, "check the domain: the service is not offered there"),
    row("NoSuchVersion", Class::Terminal, "check the version of the API: the service does not have it"),
    row(
        "OperationDenied",
        Class::Terminal,
        "the state of the resource forbids this operation: see the message",
    ),
    row(
        "RequestLimitExceeded",
        Class::Throttled,
        "send fewer requests a second, here and from other programs of the account, or ask for a higher quota",
    ),
    row(
        "RequestLimitExceeded.GlobalRegionUinLimitExceeded",
        Class::Throttled,
        "send fewer requests a second, here and from other programs of the account, or ask for a higher quota",
    ),
    row(
        "RequestLimitExceeded.IPLimitExceeded",
        Class::Throttled,
        "send fewer requests a second from this address",
    ),
    row(
        "RequestLimitExceeded.UinLimitExceeded",
        Class::Throttled,
        "send fewer requests a second, here and from other programs of the account, or ask for a higher quota",
    ),
    row("RequestSizeLimitExceeded", Class::Terminal, "make the request smaller"),
    row("ResourceInUse", Class::Retry, "something else uses the resource: wait until it is released"),
    row("ResourceInsufficient", Class::Terminal, "there is no capacity left: choose another zone or size"),
    row("ResourceNotFound", Class::NotFound, "check the id and the region: nothing of that name is there"),
    row(
        "ResourceNotFound.Prompt",
        Class::NotFound,
        "check the id and the region: nothing of that name is there",
    ),
    row(
        "ResourceNotFound.PromptVersion",
        Class::NotFound,
        "check the id and the region: nothing of that name is there",
    ),
    row(
        "ResourceNotFound.ServiceProvider",
        Class::NotFound,
        "check the id and the region: nothing of that name is there",
    ),
    row(
        "ResourceNotFound.ServiceProviderModel",
        Class::NotFound,
        "check the id and the region: nothing of that name is there",
    ),
    row("ResourceUnavailable", Class::Retry, "the resource cannot be used at the moment: it is asked again"),
    row(
        "ResourcesSoldOut",
        Class::Terminal,
        "this kind of resource is sold out: choose another zone or size",
    ),
    row(
        "ResponseSizeLimitExceeded",
        Class::Terminal,
        "ask for less at once: the answer is too large for the service",
    ),
    row("ServiceUnavailable", Class::Retry, "the service is not available at the moment: it is asked again"),
    row(
        "UnauthorizedOperation",
        Class::Auth,
        "ask for a policy that allows this action to this user or role",
    ),
    row(
        "UnknownParameter",
        Class::Terminal,
        "remove the parameter that the message names: this version of the API does not have it",
    ),
    row(
        "UnsupportedOperation",
        Class::Terminal,
        "the resource does not support this operation: see the message",
    ),
    row(
        "UnsupportedOperation.BudgetOnlySupportsEnterprise",
        Class::Terminal,
        "budgets need an enterprise account",
    ),
    row(
        "UnsupportedOperation.InvalidModelRouterStatus",
        Class::Terminal,
        "wait until the model router is in normal state",
    ),
    row(
        "UnsupportedOperation.InvalidStateTransition",
        Class::Terminal,
        "the resource does not support this operation: see the message",
    ),
    row(
        "UnsupportedOperation.ModelAssociatedWithModelRouter",
        Class::Terminal,
        "detach the model from its routers first",
    ),
    row(
        "UnsupportedOperation.ModelRouterResourcePackageAutoPurchaseEnabled",
        Class::Terminal,
        "turn the automatic purchase of packages off first",
    ),
    row(
        "UnsupportedOperation.ModelRouterResourcePackageStatusNotRefundable",
        Class::Terminal,
        "the package cannot be refunded in its present state",
    ),
    row(
        "UnsupportedOperation.ServiceProviderStatus",
        Class::Terminal,
        "wait until the model's provider is in normal state",
    ),
    row("UnsupportedOperation.VPCMismatch", Class::Terminal, "choose resources of one and the same VPC"),
    row(
        "UnsupportedProtocol",
        Class::Terminal,
        "use POST with JSON over HTTPS: the service does not take this protocol",
    ),
    row(
        "UnsupportedRegion",
        Class::Terminal,
        "choose a region in which the service is offered, and for a finance region its own host",
    ),
];

const fn row(code: &'static str, class: Class, remedy: &'static str) -> Row {
    Row { code, class, remedy }
}
