//! Tasks of the Tencent Cloud load balancer and how to wait for them: polling policy, planner, watcher.
