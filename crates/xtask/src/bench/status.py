"""One poll with the official SDK: endpoint, protocol, certificate to trust, id, key and task are the arguments."""

import sys

from tencentcloud.clb.v20180317 import clb_client, models
from tencentcloud.common import credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

endpoint, protocol, certificate, secret_id, secret_key, task = sys.argv[1:]
http = HttpProfile(endpoint=endpoint, protocol=protocol, certification=certificate)
keys = credential.Credential(secret_id, secret_key)
client = clb_client.ClbClient(keys, "ap-guangzhou", ClientProfile(httpProfile=http))
request = models.DescribeTaskStatusRequest()
request.TaskId = task
print(client.DescribeTaskStatus(request).to_json_string())
