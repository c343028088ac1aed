"""Creates a listener with the official SDK, waits for its task and prints it as it is read back."""

import sys
import time

from tencentcloud.clb.v20180317 import clb_client, models
from tencentcloud.common import credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

endpoint, ca_file, secret_id, secret_key = sys.argv[1:]
http = HttpProfile(endpoint=endpoint, certification=ca_file)
keys = credential.Credential(secret_id, secret_key)
client = clb_client.ClbClient(keys, "ap-guangzhou", ClientProfile(httpProfile=http))

create = models.CreateListenerRequest()
create.LoadBalancerId = "lb-12345678"
create.Ports = [8443]
create.Protocol = "TCP"
create.ListenerNames = ["监听 器"]
create.HealthCheck = models.HealthCheck()
create.HealthCheck.HealthSwitch = 1
created = client.CreateListener(create)

poll = models.DescribeTaskStatusRequest()
poll.TaskId = created.RequestId
for _ in range(100):
    if client.DescribeTaskStatus(poll).Status != 2:
        break
    time.sleep(0.1)

read = models.DescribeListenersRequest()
read.LoadBalancerId = "lb-12345678"
read.ListenerIds = created.ListenerIds
print(client.DescribeListeners(read).to_json_string())
