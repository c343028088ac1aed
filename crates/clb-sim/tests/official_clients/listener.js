// Creates a listener with every signature method of the official SDK, by POST and GET, and prints how many there are then.

const { CommonClient } = require("tencentcloud-sdk-nodejs-common");

const [endpoint, secretId, secretKey] = process.argv.slice(2);

function client(reqMethod, signMethod) {
  const credential = { secretId, secretKey };
  const profile = { signMethod, httpProfile: { endpoint, reqMethod } };
  return new CommonClient(endpoint, "2018-03-17", { credential, region: "ap-guangzhou", profile });
}

async function main() {
  let port = 8080;
  for (const reqMethod of ["POST", "GET"]) {
    for (const signMethod of ["TC3-HMAC-SHA256", "HmacSHA256", "HmacSHA1"]) {
      const listener = { LoadBalancerId: "lb-12345678", Ports: [port++], Protocol: "TCP", ListenerNames: ["监听 器"] };
      await client(reqMethod, signMethod).request("CreateListener", listener);
    }
  }
  const read = await client("POST").request("DescribeListeners", { LoadBalancerId: "lb-12345678" });
  console.log(JSON.stringify(read));
}

main();
