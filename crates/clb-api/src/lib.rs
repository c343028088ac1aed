//! Client for the Tencent Cloud load balancer API: signed calls, endpoints, credentials, errors as data.
