"""Sends the same odd parameters with every signature method of the official SDK, by POST and GET."""

import json
import sys

from tencentcloud.common import credential
from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

endpoint, secret_id, secret_key = sys.argv[1:]
ODD = {
    "Text": "监听 器 ~!*'()&=+/?%20\"\\",
    "Empty": "",
    "Number": 12345678901234567890,
    "Fraction": 0.1,
    "Flag": True,
    "List": ["b", "a", "中"],
    "Nested": [{"Names": ["x y", "z"], "Deep": {"Port": 80}}, {"Names": ["ü"]}],
}

for unsigned in (False, True):
    for token in (None, "a-token"):
        for method in ("POST", "GET"):
            for sign_method in ("TC3-HMAC-SHA256", "HmacSHA256", "HmacSHA1"):
                http = HttpProfile(protocol="http", endpoint=endpoint, reqMethod=method)
                profile = ClientProfile(signMethod=sign_method, httpProfile=http)
                profile.unsignedPayload = unsigned
                key = secret_id if token is None else "temporary"
                keys = credential.Credential(key, secret_key, token)
                client = CommonClient("clb", "2018-03-17", keys, "ap-guangzhou", profile=profile)
                response = client.call_json("DescribeOddParameters", ODD)
                print(json.dumps(response["Response"]["Echo"], ensure_ascii=True, sort_keys=True))
