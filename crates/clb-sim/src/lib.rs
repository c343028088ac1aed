//! The Tencent Cloud load balancer API on loopback: verifies signatures, runs tasks, injects faults.
